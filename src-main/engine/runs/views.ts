import { type Failure, type Json, ProblemError, type Run, type RunSummary } from '../../../src-shared/contract/index.ts'
import {
  createValues,
  isKnownOnlyLive,
  type RunState,
  type Unit,
  unitsOf,
  type ValueRef,
  type Values,
  valuesOf,
  viewRun,
  viewSummary,
} from '../orchestrator/index.ts'
import type { Project } from '../projects/index.ts'
import { createNames } from '../workspaces/index.ts'
import { askLive, type Oracle, reasonOf } from './live.ts'
import { createReplays, type Replay, type Replays } from './replay.ts'

export const runNotFound = (id: string): ProblemError =>
  new ProblemError('run_not_found', `there is no run ${id}`, { fix: 'list the runs with: weir run list' })

/** How many values are read at once when they are not in memory. */
const READS_AT_ONCE = 8

/** What a watcher is answered: see the contract's `runs.changes`. */
export interface Changes {
  readonly cursor: number
  readonly whole: boolean
  readonly run: Run
}

/** Runs of one project as the API shows them. */
export interface Views {
  readonly replays: Replays
  readonly values: Values
  /** Refuses with `run_not_found`. */
  stateOf(id: string): Promise<RunState>
  summary(id: string): Promise<RunSummary>
  view(id: string): Promise<Run>
  /** The run without its steps: costs nothing that grows with them. */
  withoutSteps(id: string): Promise<Run>
  /** The run with the steps that changed after a cursor; with all of them when that is not remembered. */
  changes(id: string, after: number): Promise<Changes>
}

/** What views need of a project. */
export type ViewedProject = Pick<Project, 'name' | 'blobs' | 'reader'> & {
  readonly thread: Pick<Project['thread'], 'state' | 'call'>
}

/** @param now ms of the process */
export function createViews(project: ViewedProject, now = () => performance.now()): Views {
  const replays = createReplays(() => project.reader())
  const values = createValues(project.blobs)
  const { thread } = project
  const oracle: Oracle = {
    isThere: () => thread.state === 'running',
    live: (run, units) => thread.call('live', run, units),
    now,
  }

  const open = async (id: string): Promise<Replay> => {
    const replay = await replays.open(id)
    if (replay === null) throw runNotFound(id)
    return replay
  }
  const show = async (replay: Replay, units: Iterable<Unit>): Promise<Run> => {
    const chosen = [...units]
    const loaded = await loadAll(values, replay.run, chosen)
    const names = await createNames(await project.reader())
    return names.run(render(project.name, replay, chosen, loaded, values))
  }
  const view = async (id: string): Promise<Run> => {
    const replay = await open(id)
    await askLive(oracle, replay, null)
    return show(replay, unitsOf(replay.run))
  }
  return {
    replays,
    values,
    stateOf: async (id) => (await open(id)).run,
    async summary(id) {
      const names = await createNames(await project.reader())
      return names.summary(viewSummary((await open(id)).run, project.name))
    },
    view,
    withoutSteps: async (id) => show(await open(id), []),
    async changes(id, after) {
      const replay = await open(id)
      // What comes while values are loaded may be shown already, and is told once more with the next answer.
      const { cursor, changes } = replay
      const changed = after === 0 || after > cursor ? null : changes.after(after)
      const said = await askLive(oracle, replay, changed)
      if (changed === null) return { cursor, whole: true, run: await show(replay, unitsOf(replay.run)) }
      return { cursor, whole: false, run: await show(replay, new Set([...changed, ...said])) }
    },
  }
}

interface Loaded {
  readonly values: ReadonlyMap<ValueRef, Json>
  /** What cannot be read, with the reason */
  readonly damaged: ReadonlyMap<ValueRef, ProblemError>
}

/** The values that a view of these units shows. */
async function loadAll(values: Values, run: RunState, units: readonly Unit[]): Promise<Loaded> {
  const loaded = new Map<ValueRef, Json>()
  const damaged = new Map<ValueRef, ProblemError>()
  const missing = new Set<ValueRef>()
  for (const ref of valuesOf(run, units)) {
    const known = values.peek(ref)
    if (known === null) missing.add(ref)
    else loaded.set(ref, known.value)
  }
  const queue = missing.values()
  const worker = async (): Promise<void> => {
    for (const ref of queue) {
      try {
        loaded.set(ref, await values.load(ref))
      } catch (error) {
        // The rest of the run is as good as before, and must be seen to be mended.
        if (ref === run.params || !isLost(error)) throw error
        damaged.set(ref, error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(READS_AT_ONCE, missing.size) }, worker))
  return { values: loaded, damaged }
}

function render(project: string, replay: Replay, units: readonly Unit[], loaded: Loaded, values: Values): Run {
  const { run, told, statuses } = replay
  const { damaged } = loaded
  // The replay is shared and may have grown while values were loaded: what came since is read as absent.
  const load = (ref: ValueRef): Json | undefined =>
    damaged.has(ref) ? undefined : (loaded.values.get(ref) ?? values.peek(ref)?.value ?? null)
  const why = (unit: Unit): string | null => {
    const lost = unit.outputs === null ? undefined : damaged.get(unit.outputs)
    return lost === undefined ? reasonOf(replay, unit) : `its outputs cannot be read: ${lost.message}`
  }
  const shown = viewRun(run, project, load, why, units)
  const lost = run.outputs === null ? undefined : damaged.get(run.outputs)
  if (shown.result !== null && lost !== undefined) shown.result.error ??= failureOf(lost)
  for (const [index, unit] of units.entries()) {
    const step = shown.steps[index]
    const last = step?.executions.at(-1)
    if (step !== undefined && isKnownOnlyLive(unit)) step.status = statuses.get(unit) ?? step.status
    // Of one that runs nothing else is told: what was said of its wait is forgotten when it starts.
    const isOut = unit.phase === 'dispatched' || unit.phase === 'running'
    const progress = isOut ? told.get(unit) : undefined
    if (progress !== undefined && last !== undefined) last.progress = progress
  }
  return shown
}

const isLost = (error: unknown): error is ProblemError =>
  error instanceof ProblemError && (error.code === 'blob_corrupt' || error.code === 'blob_not_found')

function failureOf({ code, message, context: { fix } }: ProblemError): Failure {
  return { code, message, ...(fix === undefined ? {} : { fix }) }
}
