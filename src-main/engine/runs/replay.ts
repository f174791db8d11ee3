import { apply, createState, type Event, type RunState } from '../orchestrator/index.ts'
import type { ProjectStorage } from '../storage/index.ts'
import { planOf } from '../workflows/index.ts'

/** How many runs are kept replayed, so that watching one costs only its new events. */
const KEPT_RUNS = 64

/** The state of runs as their journals tell it; for views, on the reading side. */
export interface Replays {
  /** Null when there is no such run. The object is shared and grows: read it before the next await. */
  run(id: string): Promise<RunState | null>
  drop(id: string): void
}

interface Replay {
  readonly state: ReturnType<typeof createState>
  cursor: number
  loading: Promise<void>
}

const NOTHING = { cpus: 0, memoryBytes: 0, gpus: 0 }

export function createReplays(reader: () => Promise<ProjectStorage>): Replays {
  const kept = new Map<string, Replay>()

  const catchUp = async (id: string, replay: Replay): Promise<void> => {
    const storage = await reader()
    if (replay.state.plans.size === 0) {
      const row = await storage.run(id)
      const workflow = row === null ? null : await storage.workflowByDigest(row.plan)
      if (row === null || workflow === null) return
      replay.state.plans.set(row.plan, planOf(workflow))
    }
    for (const entry of await storage.journal(id, replay.cursor)) {
      for (const event of JSON.parse(entry.events) as Event[]) apply(replay.state, event)
      replay.cursor = entry.cursor
    }
    replay.state.effects = []
    replay.state.followUps = []
    replay.state.fresh.clear()
  }

  return {
    async run(id) {
      const before = kept.get(id)
      const replay = before ?? { state: createState(0, NOTHING), cursor: 0, loading: Promise.resolve() }
      kept.delete(id)
      kept.set(id, replay)
      for (const oldest of kept.keys()) {
        if (kept.size <= KEPT_RUNS) break
        kept.delete(oldest)
      }
      // Two readers at once must not apply the same events twice.
      replay.loading = replay.loading.then(() => catchUp(id, replay))
      try {
        await replay.loading
      } catch (error) {
        kept.delete(id)
        throw error
      }
      const run = replay.state.runs.get(id) ?? null
      if (run === null) kept.delete(id)
      return run
    },
    drop(id) {
      kept.delete(id)
    },
  }
}
