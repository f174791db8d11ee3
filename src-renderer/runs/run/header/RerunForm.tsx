import { Button, Group, Radio, Stack } from '@mantine/core'
import { modals } from '@mantine/modals'
import { type FormEvent, useState } from 'react'
import type { RunStep, Workspace } from '../../../../src-shared/contract/index.ts'
import { placesFor, runAgain } from '../../../workspaces/tree.ts'
import { WorkspaceSelect } from '../../../workspaces/WorkspaceSelect.tsx'

export interface RerunQuestion {
  readonly run: string
  /** Of the run */
  readonly workspace: string
  readonly steps: readonly RunStep[]
  readonly hasFailed: boolean
  /** The step that is looked at */
  readonly step: string | undefined
  readonly tree: readonly Workspace[]
  /** The workspace that is chosen in the top bar: offered first where it is possible */
  readonly chosen: string | null
  readonly onRerun: (from: string, workspace: string) => void
}

/** Asks what is run again, and in which workspace. */
export function openRerun(question: RerunQuestion): void {
  const modalId = crypto.randomUUID()
  const onDone = (): void => modals.close(modalId)
  modals.open({
    modalId,
    title: `Run ${question.run} again in a workspace`,
    children: <RerunForm {...question} onDone={onDone} />,
  })
}

function RerunForm(props: RerunQuestion & { readonly onDone: () => void }) {
  const { workspace: own, steps, hasFailed, step, tree, chosen, onRerun, onDone } = props
  const [from, setFrom] = useState(step ?? (hasFailed ? 'failed' : 'start'))
  const places = placesFor(tree, runAgain(steps, from), own)
  const [picked, pick] = useState(chosen === own ? null : chosen)
  const place = places.find(({ name }) => name === picked) ?? places.find(({ name }) => name !== own) ?? places[0]
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (place === undefined) return
    onRerun(from, place.name)
    onDone()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        <Radio.Group label="What" value={from} onChange={setFrom}>
          <Stack gap={6} mt={6}>
            {step !== undefined && <Radio value={step} label={`${step}, and what depends on it`} />}
            {hasFailed && <Radio value="failed" label="The steps that failed, and what depends on them" />}
            <Radio value="start" label="Everything" />
          </Stack>
        </Radio.Group>
        {place === undefined ? (
          <p role="status">
            These steps ran last in workspaces that know nothing of each other, so that there is none in which all of
            them could run again. Choose fewer steps, or start a new run.
          </p>
        ) : (
          <WorkspaceSelect
            label="Where"
            description="In the workspace that they ran in last, or one below it: nothing above sees what comes of it."
            workspaces={places}
            value={place.name}
            onChange={pick}
          />
        )}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
          <Button type="submit" disabled={place === undefined}>
            Run again
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
