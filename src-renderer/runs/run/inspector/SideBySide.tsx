import { Select } from '@mantine/core'
import { useState } from 'react'
import type { Execution, RunStep } from '../../../../src-shared/contract/index.ts'
import { formatBytes, formatDuration } from '../../../ui/format.ts'
import { Status } from '../../../ui/Status.tsx'
import { Elapsed } from '../../../ui/Time.tsx'
import { useHead } from '../data/run-store.ts'
import classes from './inspector.module.css'
import { Part } from './Part.tsx'

/** The attempts at a step in one workspace. */
export interface InWorkspace {
  readonly workspace: string
  readonly executions: readonly Execution[]
}

/** By workspace, in the order in which they were first run in. */
export function byWorkspace({ executions }: Pick<RunStep, 'executions'>, own: string): InWorkspace[] {
  const groups = new Map<string, Execution[]>()
  for (const execution of executions) {
    const workspace = execution.workspace ?? own
    const group = groups.get(workspace)
    if (group === undefined) groups.set(workspace, [execution])
    else group.push(execution)
  }
  return [...groups].map(([workspace, all]) => ({ workspace, executions: all }))
}

interface SideBySideProps {
  readonly step: RunStep
  readonly shown: Execution
  readonly onChoose: (attempt: number) => void
}

/** The attempts in the workspace of the run beside those in another one that the step was run again in. */
export function SideBySide({ step, shown, onChoose }: SideBySideProps) {
  const { workspace: own } = useHead()
  const [original, ...others] = byWorkspace(step, own)
  const [picked, pick] = useState<string | null>(null)
  const other = others.find(({ workspace }) => workspace === picked) ?? others.at(-1)
  if (original === undefined || other === undefined) return null
  return (
    <Part
      title="Attempts by workspace"
      actions={
        others.length > 1 ? (
          <Select
            size="xs"
            w={150}
            aria-label="Workspace beside the original"
            data={others.map(({ workspace }) => workspace)}
            value={other.workspace}
            onChange={pick}
            allowDeselect={false}
          />
        ) : undefined
      }
    >
      <div className={classes.sides}>
        <Side {...original} isOriginal shown={shown} onChoose={onChoose} />
        <Side {...other} shown={shown} onChoose={onChoose} />
      </div>
    </Part>
  )
}

interface SideProps extends InWorkspace {
  readonly isOriginal?: boolean
  readonly shown: Execution
  readonly onChoose: (attempt: number) => void
}

function Side({ workspace, executions, isOriginal = false, shown, onChoose }: SideProps) {
  return (
    <section className={classes.side} aria-label={`Attempts in ${workspace}`}>
      <h4 className={classes.sideHead}>
        <span className="truncate">{workspace}</span>
        {isOriginal && <span className="dim">original</span>}
      </h4>
      {executions.map((execution) => (
        <button
          key={execution.attempt}
          type="button"
          aria-pressed={execution === shown}
          aria-label={`Attempt ${execution.attempt} in ${workspace}`}
          className={classes.sideAttempt}
          onClick={() => onChoose(execution.attempt)}
        >
          <span className={classes.sideLine}>
            <span className="tabular">{execution.attempt}</span>
            <Status status={execution.status} />
          </span>
          <span className={`${classes.sideLine} tabular dim`}>
            <Elapsed ms={execution.durationMs} from={execution.startedAt} />
            {endOf(execution)}
          </span>
        </button>
      ))}
    </section>
  )
}

/** What is worth comparing besides the time. */
function endOf({ exitCode, signal, usage, cache }: Execution): string {
  return [
    cache?.hit === true ? 'from the cache' : null,
    signal ?? (exitCode === undefined || exitCode === 0 ? null : `exit ${exitCode}`),
    usage?.cpuMs == null ? null : `${formatDuration(usage.cpuMs)} CPU`,
    usage?.peakMemoryBytes == null ? null : formatBytes(usage.peakMemoryBytes),
  ]
    .filter((part) => part !== null)
    .join(' · ')
}
