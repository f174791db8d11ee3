import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { ProblemError, runRoutes, workflowRoutes } from '../../../../src-shared/contract/index.ts'
import { call, keyOf, PROJECT, queryClient, useAsk, useWorkspaceChoice } from '../../../api/index.ts'
import { confirm } from '../../../ui/Confirm.tsx'
import { say, sayFailed } from '../../../ui/say.ts'
import { openStartRun } from '../../../workflows/start-run/index.ts'
import { useWorkspaces } from '../../../workspaces/use-workspaces.ts'
import { isOver, useHead, useRunStore } from '../data/run-store.ts'
import { usePoke } from '../data/use-run-feed.ts'
import { openRerun } from './RerunForm.tsx'

export interface RunActions {
  readonly canCancel: boolean
  readonly canRerun: boolean
  readonly hasFailed: boolean
  /** The newest version of the workflow; null when it was deleted, undefined while that is not known */
  readonly newest: number | null | undefined
  readonly cancel: () => void
  /** Ends one step, item or call; the run goes on */
  readonly cancelStep: (step: string) => void
  readonly rerun: (from: string) => void
  /** Whether there is more than one workspace to run again in */
  readonly hasWorkspaces: boolean
  /** Asks in which workspace, and what; `step` is the one that is looked at */
  readonly rerunElsewhere: (step: string | undefined) => void
  readonly startNewest: () => void
  /** A run of the newest version that takes over what succeeded in this one */
  readonly startKeeping: () => void
  readonly remove: () => void
  readonly copyId: () => void
}

/** Everything that can be done with the run. Failures are said in the corner. */
export function useRunActions(): RunActions {
  const { id, workflow, workspace, status, counts, params } = useHead()
  const { all: tree } = useWorkspaces()
  const store = useRunStore()
  const navigate = useNavigate()
  const poke = usePoke()
  const newest = useNewest(workflow, workspace)
  const over = isOver(status)
  const hasFailed = status === 'failed' || status === 'cancelled' || counts.failed > 0
  return useMemo(() => {
    const show = (run: string | null): void => {
      if (run !== null) void navigate({ to: '/runs/$run', params: { run } })
    }
    return {
      canCancel: !over && status !== 'cancelling',
      canRerun: over,
      hasFailed,
      newest,
      cancel: () => void cancelRun(id, workflow).then(poke),
      cancelStep: (step) => void cancelStep(id, step).then(poke),
      rerun: (from) => void rerun(id, from).then(poke),
      hasWorkspaces: tree.length > 1,
      rerunElsewhere: (step) =>
        openRerun({
          run: id,
          workspace,
          steps: [...store.getState().book.byKey.values()],
          hasFailed,
          step,
          tree,
          chosen: useWorkspaceChoice.getState().chosen,
          onRerun: (from, where) => void rerun(id, from, where).then(poke),
        }),
      startNewest: () => void openStartRun({ workflow, params, workspace }).then(show),
      startKeeping: () => void openStartRun({ workflow, params, workspace, keep: id }).then(show),
      remove: () =>
        void removeRun(id, workflow).then((isGone) => {
          if (isGone) void navigate({ to: '/runs' })
        }),
      copyId: () =>
        void navigator.clipboard.writeText(id).then(
          () => say(`Copied ${id}.`),
          (error: unknown) => sayFailed('The identifier could not be copied', error),
        ),
    }
  }, [id, workflow, workspace, tree, store, status, over, hasFailed, params, newest, navigate, poke])
}

/** Number of the newest version that a run in the workspace would take; null when there is none. */
function useNewest(workflow: string, workspace: string): number | null | undefined {
  const asked = { params: { project: PROJECT, workflow }, query: { workspace } }
  const { data, error } = useAsk(workflowRoutes.get, asked)
  if (error instanceof ProblemError && error.code === 'workflow_not_found') return null
  return data?.latest
}

const refreshLists = (): void => void queryClient.invalidateQueries({ queryKey: keyOf(runRoutes.list) })

async function cancelRun(run: string, workflow: string): Promise<void> {
  const yes = await confirm({
    title: `Cancel run ${run} of ${workflow}?`,
    body: 'Steps that run are ended, and so are its child runs. What has ended keeps its results, and you can re-run the rest later.',
    confirm: 'Cancel run',
    cancel: 'Let it go on',
    isDestructive: true,
  })
  if (!yes) return
  try {
    await call(runRoutes.cancel, { params: { project: PROJECT, run }, body: {} })
    refreshLists()
  } catch (error) {
    sayFailed(`Run ${run} could not be cancelled`, error)
  }
}

async function cancelStep(run: string, step: string): Promise<void> {
  const yes = await confirm({
    title: `Cancel ${step}?`,
    body: 'It is ended with what it called. The run goes on: whoever waits for its result is told that it was cancelled.',
    confirm: 'Cancel step',
    cancel: 'Let it go on',
    isDestructive: true,
  })
  if (!yes) return
  try {
    await call(runRoutes.cancelStep, { params: { project: PROJECT, run, step } })
  } catch (error) {
    sayFailed(`${step} could not be cancelled`, error)
  }
}

async function rerun(run: string, from: string, workspace?: string): Promise<void> {
  try {
    const body = workspace === undefined ? { from } : { from, workspace }
    await call(runRoutes.rerun, { params: { project: PROJECT, run }, body })
    const where = workspace === undefined ? '' : ` in ${workspace}`
    say(
      from === 'failed'
        ? `The failed steps run again${where}.`
        : from === 'start'
          ? `Everything runs again${where}.`
          : `${from} runs again${where}, and what depends on it.`,
    )
    refreshLists()
  } catch (error) {
    sayFailed(`Run ${run} could not be run again`, error)
  }
}

async function removeRun(run: string, workflow: string): Promise<boolean> {
  const yes = await confirm({
    title: `Delete run ${run} of ${workflow}?`,
    body: 'Its logs, and files that no other run uses, are deleted, too. The workflow stays. This cannot be taken back.',
    confirm: 'Delete run',
    isDestructive: true,
  })
  if (!yes) return false
  try {
    await call(runRoutes.remove, { params: { project: PROJECT, run } })
    refreshLists()
    say(`Deleted run ${run}.`)
    return true
  } catch (error) {
    sayFailed(`Run ${run} could not be deleted`, error)
    return false
  }
}
