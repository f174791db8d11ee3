import { Select, Switch } from '@mantine/core'
import { IconArrowsDiff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { type Run, type RunSummary, runRoutes } from '../../../../src-shared/contract/index.ts'
import { PROJECT, useAsk } from '../../../api/index.ts'
import { formatRelative } from '../../../ui/format.ts'
import { Empty, Failed, Loading } from '../../../ui/Notes.tsx'
import { Section } from '../../../ui/Screen.tsx'
import { statusLooks } from '../../../ui/status.ts'
import { useHead, useRunState } from '../data/run-store.ts'
import { inOrder } from '../data/step-book.ts'
import { useCalm } from '../data/use-calm.ts'
import type { Place } from '../place.ts'
import classes from './compare.module.css'
import { compareRuns } from './compare.ts'
import { DefinitionDiff } from './DefinitionDiff.tsx'
import { RunDelta } from './RunDelta.tsx'
import { StepDeltas } from './StepDeltas.tsx'
import { ValueDeltas } from './ValueDeltas.tsx'

/** How many runs of the workflow are offered. */
const OFFERED = 50

/** This run beside another of the same workflow: the one before it that succeeded, or any that is chosen. */
export function CompareTab({ place }: { readonly place: Place }) {
  const { id, workflow, createdAt } = useHead()
  const list = useAsk(runRoutes.list, { params: { project: PROJECT }, query: { workflow, limit: OFFERED } })
  const others = (list.data?.items ?? []).filter((run) => run.id !== id && run.workflow === workflow)
  const earlier = others.filter((run) => run.createdAt < createdAt)
  // The newest that succeeded: what failed took another time, and left nothing to compare.
  const previous = [...earlier, ...others].find(({ status }) => status === 'succeeded') ?? earlier[0] ?? others[0]
  const other = place.with ?? previous?.id
  if (list.error !== null) {
    return <Failed error={list.error} what="The other runs could not be listed" onRetry={() => void list.refetch()} />
  }
  if (list.data === undefined) return <Loading what="Looking for other runs of the workflow…" />
  if (other === undefined) {
    return (
      <Empty icon={<IconArrowsDiff size={28} stroke={1.5} />} title="There is nothing to compare with yet">
        This is the only run of {workflow}. Run it again, with other parameters or a newer version, to see here what
        changed.
      </Empty>
    )
  }
  return <Compared key={other} other={other} others={others} place={place} />
}

interface ComparedProps {
  readonly other: string
  readonly others: readonly RunSummary[]
  readonly place: Place
}

function Compared({ other, others, place }: ComparedProps) {
  const asked = useAsk(runRoutes.get, { params: { project: PROJECT, run: other }, query: {} })
  return (
    <div className={classes.tab}>
      <div className={classes.bar}>
        <Select
          label="Compare with"
          className={classes.choice}
          data={offered(others, other)}
          value={other}
          allowDeselect={false}
          searchable
          onChange={(run) => run !== null && place.compareWith(run)}
        />
        <Link to="/runs/$run" params={{ run: other }} className={classes.link}>
          Open run {other}
        </Link>
      </div>
      {asked.error !== null ? (
        <Failed error={asked.error} what={`Run ${other} could not be read`} onRetry={() => void asked.refetch()} />
      ) : asked.data === undefined ? (
        <Loading what={`Reading run ${other}…`} />
      ) : (
        <Differences before={asked.data} place={place} />
      )}
    </div>
  )
}

function offered(others: readonly RunSummary[], chosen: string): { value: string; label: string }[] {
  const now = Date.now()
  const list = others.map(({ id, status, version, createdAt }) => ({
    value: id,
    label: `${id}, version ${version}, ${statusLooks[status].word.toLowerCase()}, ${formatRelative(Date.parse(createdAt), now)}`,
  }))
  return list.some(({ value }) => value === chosen) ? list : [{ value: chosen, label: chosen }, ...list]
}

function Differences({ before, place }: { readonly before: Run; readonly place: Place }) {
  const [isAll, setAll] = useState(false)
  const head = useHead()
  const book = useCalm(
    useRunState((state) => state.book),
    true,
  )
  const after = useMemo<Run>(() => ({ ...head, steps: [...inOrder(book)] }), [head, book])
  const found = useMemo(() => compareRuns(before, after), [before, after])
  const params = isAll ? found.params : found.params.filter(({ isSame }) => !isSame)
  const stepOutputs = isAll ? found.stepOutputs : found.stepOutputs.filter(({ isSame }) => !isSame)
  const outputs = isAll ? found.outputs : found.outputs.filter(({ isSame }) => !isSame)
  return (
    <div className={classes.content}>
      <RunDelta before={before} after={after} deltaMs={found.deltaMs} />
      <Switch
        label="Show what is the same, too"
        checked={isAll}
        onChange={(event) => setAll(event.currentTarget.checked)}
        className={classes.switch}
      />
      <Section title="Parameters">
        <ValueDeltas
          values={params}
          nothing={found.params.length === 0 ? 'Neither run has parameters.' : 'All parameters are the same.'}
        />
      </Section>
      <Section title="Steps">
        <StepDeltas steps={found.steps} onSelect={place.select} />
      </Section>
      {found.outputs.length > 0 && (
        <Section title="Outputs">
          <ValueDeltas
            values={outputs}
            nothing={
              before.result === null || after.result === null
                ? 'One of the runs has not ended.'
                : 'All outputs are the same.'
            }
          />
        </Section>
      )}
      <Section title="Outputs of the steps">
        <ValueDeltas
          values={stepOutputs}
          nothing={
            found.stepOutputs.length === 0
              ? 'No step of either run names an output.'
              : 'All outputs of the steps are the same.'
          }
        />
      </Section>
      {before.version !== after.version && (
        <Section title={`Definition: version ${before.version} and version ${after.version}`}>
          <DefinitionDiff before={before} after={after} />
        </Section>
      )}
    </div>
  )
}
