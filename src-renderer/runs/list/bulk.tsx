import { type RunSummary, runRoutes } from '../../../src-shared/contract/index.ts'
import { call, keyOf, PROJECT, queryClient } from '../../api/index.ts'
import { confirm } from '../../ui/Confirm.tsx'
import { plural } from '../../ui/format.ts'
import { say, sayFailed } from '../../ui/say.ts'
import { isActive } from './filter.ts'
import classes from './list.module.css'

/** Calls that are under way at once. */
const PARALLEL = 4
/** Names that a question shows before it only counts. */
const NAMED = 6

const RERUN = { failed: 'what failed', start: 'everything' } as const

/** Each resolves with whether it was done, to all of them. */

/** Cancels those of the runs that have not ended; asks before. */
export async function cancelRuns(runs: readonly RunSummary[]): Promise<boolean> {
  const open = runs.filter((run) => isActive(run) && run.status !== 'cancelling')
  const isSure = await confirm({
    title: `Cancel ${plural(open.length, 'run')}?`,
    body: (
      <Named
        runs={open}
        others={runs.length - open.length}
        why="have ended already"
        then="What they did so far stays."
      />
    ),
    confirm: `Cancel ${plural(open.length, 'run')}`,
    cancel: open.length === 1 ? 'Let it run' : 'Let them run',
    isDestructive: true,
  })
  if (!isSure) return false
  return forEach(open, 'cancelled', (run) =>
    call(runRoutes.cancel, { params: { project: PROJECT, run: run.id }, body: {} }),
  )
}

/** Deletes those of the runs that have ended; asks before. */
export async function deleteRuns(runs: readonly RunSummary[]): Promise<boolean> {
  const ended = runs.filter((run) => !isActive(run))
  const isSure = await confirm({
    title: `Delete ${plural(ended.length, 'run')}?`,
    body: (
      <Named
        runs={ended}
        others={runs.length - ended.length}
        why="have not ended and are left out"
        then="Their logs and assets go with them and cannot be brought back. The workflows stay."
      />
    ),
    confirm: `Delete ${plural(ended.length, 'run')}`,
    cancel: ended.length === 1 ? 'Keep it' : 'Keep them',
    isDestructive: true,
  })
  if (!isSure) return false
  return forEach(ended, 'deleted', (run) => call(runRoutes.remove, { params: { project: PROJECT, run: run.id } }))
}

/** Runs again, in the same runs and on their versions: what did not succeed, or everything. */
export async function rerunRuns(runs: readonly RunSummary[], from: keyof typeof RERUN): Promise<boolean> {
  const fitting = runs.filter((run) => !isActive(run) && (from === 'start' || run.status !== 'succeeded'))
  if (fitting.length > 1) {
    const isSure = await confirm({
      title: `Run ${RERUN[from]} of ${plural(fitting.length, 'run')} again?`,
      body: (
        <Named
          runs={fitting}
          others={runs.length - fitting.length}
          why={from === 'start' ? 'have not ended and are left out' : 'have nothing that failed'}
          then="Each goes on in the same run and on the version that it had."
        />
      ),
      confirm: 'Run again',
      cancel: 'Not now',
    })
    if (!isSure) return false
  }
  return forEach(fitting, 'started again', (run) =>
    call(runRoutes.rerun, { params: { project: PROJECT, run: run.id }, body: { from } }),
  )
}

interface NamedProps {
  readonly runs: readonly RunSummary[]
  readonly others: number
  readonly why: string
  readonly then: string
}

function Named({ runs, others, why, then }: NamedProps) {
  return (
    <>
      <ul className={classes.named}>
        {runs.slice(0, NAMED).map(({ id, workflow }) => (
          <li key={id}>
            {workflow} <span className="mono dim">{id}</span>
          </li>
        ))}
        {runs.length > NAMED && <li>and {plural(runs.length - NAMED, 'other')}</li>}
      </ul>
      <p className={classes.then}>{then}</p>
      {others > 0 && (
        <p className="dim">
          {plural(others, 'other')} {others === 1 ? why.replace(/^have/, 'has').replace('are left', 'is left') : why}.
        </p>
      )}
    </>
  )
}

/** Does one thing to many runs; what failed is counted and the first reason is told. */
async function forEach(
  runs: readonly RunSummary[],
  done: string,
  act: (run: RunSummary) => Promise<unknown>,
): Promise<boolean> {
  const failures: { readonly run: RunSummary; readonly error: unknown }[] = []
  const queue = runs.values()
  const worker = async (): Promise<void> => {
    for (const run of queue) await act(run).catch((error: unknown) => failures.push({ run, error }))
  }
  await Promise.all(Array.from({ length: PARALLEL }, worker))
  void queryClient.invalidateQueries({ queryKey: keyOf(runRoutes.list) })
  const [first] = failures
  if (first !== undefined) {
    sayFailed(`${failures.length} of ${plural(runs.length, 'run')} could not be ${done}: ${first.run.id}`, first.error)
    return false
  }
  const [only] = runs
  say(
    runs.length === 1 && only !== undefined
      ? `Run ${only.id} of ${only.workflow} was ${done}.`
      : `${runs.length} runs were ${done}.`,
  )
  return true
}
