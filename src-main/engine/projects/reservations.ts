import { setTimeout as delay } from 'node:timers/promises'
import type { StepResources } from '../workflows/index.ts'
import type { Project } from './project.ts'

/** How long a project's orchestrator may take to answer before its last answer has to do. */
const ANSWER_MS = 50

const NOTHING: StepResources = { cpus: 0, memoryBytes: 0, gpus: 0 }

/** What the executions of all projects have set aside. Wakes no project, and does not wait for a busy one. */
export function createReservations() {
  const last = new WeakMap<Project, StepResources>()
  const of = async (project: Project): Promise<StepResources> => {
    // Without its thread a project starts nothing. One whose thread broke takes back what it had when it starts again.
    if (project.thread.state === 'idle') return NOTHING
    if (project.thread.state === 'failed') return last.get(project) ?? NOTHING
    const waited = new AbortController()
    const asked = project.thread.call('stats').then(({ reserved }) => {
      last.set(project, reserved)
      return reserved
    })
    const late = delay(ANSWER_MS, null, { signal: waited.signal }).catch(() => null)
    // That a thread broke while it was asked is told elsewhere.
    const answer = await Promise.race([asked.catch(() => null), late])
    waited.abort()
    return answer ?? last.get(project) ?? NOTHING
  }
  return {
    async sum(projects: readonly Project[]): Promise<StepResources> {
      const all = await Promise.all(projects.map(of))
      return all.reduce(
        (sum, { cpus, memoryBytes, gpus }) => ({
          cpus: sum.cpus + cpus,
          memoryBytes: sum.memoryBytes + memoryBytes,
          gpus: sum.gpus + gpus,
        }),
        NOTHING,
      )
    },
  }
}
