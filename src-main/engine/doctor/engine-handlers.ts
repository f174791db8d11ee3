import type { EngineSettings, EngineStatus, engineRoutes, Health, Machine } from '../../../src-shared/contract/index.ts'
import type { Handlers } from '../http/handler.ts'
import type { Place } from './check.ts'

interface SettingsAnswer {
  readonly settings: EngineSettings
  readonly restartNeeded: boolean
}

/** What the engine says about itself. */
export interface EngineFacts {
  readonly version: string
  /** Version of the shape of a project's database */
  readonly schema: number
  readonly startedAt: Date
  readonly place: Place
  health(): Pick<Health, 'status' | 'problems'>
  projects(): Promise<EngineStatus['projects']>
  machine(): Promise<Machine>
  readonly settings: {
    get(): SettingsAnswer
    save(settings: EngineSettings): Promise<SettingsAnswer>
  }
  /** Begins to stop, after the answer to this call was sent. */
  stop(): void
}

export function engineHandlers(facts: EngineFacts): Handlers<typeof engineRoutes> {
  return {
    health: () => ({ ...facts.health(), version: facts.version, uptimeMs: Math.round(process.uptime() * 1000) }),
    version: () => ({
      version: facts.version,
      api: 'v1',
      schema: facts.schema,
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
    }),
    async status() {
      return {
        version: facts.version,
        pid: process.pid,
        startedAt: facts.startedAt.toISOString(),
        data: facts.place.data,
        listen: [...facts.place.listen],
        projects: await facts.projects(),
        memoryBytes: process.memoryUsage.rss(),
      }
    },
    machine: () => facts.machine(),
    settings: () => facts.settings.get(),
    saveSettings: ({ body }) => facts.settings.save(body),
    async doctor() {
      // Looked at on demand: the checks are no part of a quick start.
      const { findings } = await import('./doctor.ts')
      return { findings: await findings(facts.place) }
    },
    shutdown() {
      facts.stop()
      return { stopping: true }
    },
  }
}
