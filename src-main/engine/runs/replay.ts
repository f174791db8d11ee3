import type { StepStatus } from '../../../src-shared/contract/index.ts'
import { apply, createState, type Event, type RunState, type State, touched, type Unit } from '../orchestrator/index.ts'
import type { ProjectStorage } from '../storage/index.ts'
import { planOf } from '../workflows/index.ts'
import { type ChangeLog, createChangeLog } from './change-log.ts'

/** How many runs are kept replayed, so that watching one costs only its new events. */
const KEPT_RUNS = 64

/** The state of runs as their journals tell it; for views, on the reading side. */
export interface Replays {
  /** Null when there is no such run. What it answers is shared and grows: read it before the next await. */
  open(id: string): Promise<Replay | null>
  /** The same without what watchers need. */
  run(id: string): Promise<RunState | null>
  drop(id: string): void
}

export interface Replay {
  readonly run: RunState
  /** Holds the run alone */
  readonly state: State
  /** Everything up to this cursor of the project's journal is in `run` */
  readonly cursor: number
  readonly changes: ChangeLog<Unit>
  /** What the orchestrator said last about units that the journal does not tell about; kept by whoever asks it */
  readonly told: Map<Unit, string>
  /** And which status they have */
  readonly statuses: Map<Unit, StepStatus>
  /** When it was last asked about all such units, in ms of the process; kept by whoever asks */
  askedAt: number
}

type Kept = { -readonly [K in keyof Replay]: Replay[K] } & { loading: Promise<void>; read: number }

const NOTHING = { cpus: 0, memoryBytes: 0, gpus: 0 }

export function createReplays(reader: () => Promise<ProjectStorage>): Replays {
  const kept = new Map<string, Omit<Kept, 'run'>>()
  const open = async (id: string): Promise<Replay | null> => {
    const replay = kept.get(id) ?? begin()
    kept.delete(id)
    kept.set(id, replay)
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT_RUNS) break
      kept.delete(oldest)
    }
    // Two readers at once must not apply the same events twice.
    replay.loading = replay.loading.then(async () => catchUp(await reader(), id, replay))
    try {
      await replay.loading
    } catch (error) {
      kept.delete(id)
      throw error
    }
    const run = replay.state.runs.get(id)
    if (run === undefined) {
      kept.delete(id)
      return null
    }
    return Object.assign(replay, { run })
  }
  return {
    open,
    run: async (id) => (await open(id))?.run ?? null,
    drop(id) {
      kept.delete(id)
    },
  }
}

const begin = (): Omit<Kept, 'run'> => ({
  state: createState(0, NOTHING),
  cursor: 0,
  read: 0,
  changes: createChangeLog(),
  told: new Map(),
  statuses: new Map(),
  askedAt: Number.NEGATIVE_INFINITY,
  loading: Promise.resolve(),
})

async function catchUp(storage: ProjectStorage, id: string, replay: Omit<Kept, 'run'>): Promise<void> {
  const { state, changes, told, statuses } = replay
  const row = await storage.run(id)
  if (row === null) {
    // Deleted, perhaps by retention, while it was kept here.
    state.runs.delete(id)
    return
  }
  if (state.plans.size === 0) {
    const workflow = await storage.workflowByDigest(row.plan)
    if (workflow === null) return
    state.plans.set(row.plan, planOf(workflow))
  }
  // Read before the journal: whatever is written between the two is in the state, and told once more later.
  const newest = await storage.lastCursor()
  for (const entry of await storage.journal(id, replay.read)) {
    for (const event of JSON.parse(entry.events) as Event[]) {
      apply(state, event)
      const units = touched(state, event)
      if (units === 'all') {
        changes.markAll(entry.cursor)
        told.clear()
        statuses.clear()
        continue
      }
      for (const unit of units) {
        changes.mark(unit, entry.cursor)
        told.delete(unit)
        statuses.delete(unit)
      }
    }
    replay.read = entry.cursor
  }
  replay.cursor = Math.max(replay.cursor, newest, replay.read)
  state.effects = []
  state.followUps = []
  state.fresh.clear()
}
