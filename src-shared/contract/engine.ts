import { z } from 'zod'
import { Time } from './common.ts'
import { Project } from './projects.ts'
import { route } from './route.ts'

export const Health = z.object({
  status: z.enum(['starting', 'ok', 'degraded', 'stopping']),
  version: z.string(),
  /** Milliseconds since the engine process started */
  uptimeMs: z.number(),
  problems: z.array(z.string()).describe('Why the engine is degraded, one sentence each'),
})
export type Health = z.infer<typeof Health>

export const Version = z.object({
  version: z.string(),
  api: z.literal('v1'),
  schema: z.int().describe('Version of the project database'),
  node: z.string(),
  platform: z.string(),
})
export type Version = z.infer<typeof Version>

/** One thing that the doctor looked at: what it found and how to mend it. */
export const Finding = z.object({
  id: z.string().describe('Stable name, e.g. docker, disk, clock'),
  title: z.string(),
  status: z.enum(['ok', 'warning', 'error', 'absent']),
  detail: z.string().describe('What was found, in a sentence'),
  fix: z.string().optional().describe('What to do, in a sentence'),
})
export type Finding = z.infer<typeof Finding>

export const EngineStatus = z.object({
  version: z.string(),
  pid: z.int(),
  startedAt: Time,
  data: z.string().describe('The data folder'),
  listen: z.array(z.string()).describe('Addresses at which the API answers'),
  projects: z
    .array(Project.pick({ name: true, state: true, activeRuns: true }))
    .describe('Those that are not archived'),
  memoryBytes: z.int(),
})
export type EngineStatus = z.infer<typeof EngineStatus>

const Load = z.object({ total: z.number(), used: z.number() })

/** What the machine has, and how much of it is in use now. Sizes in bytes. */
export const Machine = z.object({
  hostname: z.string(),
  platform: z.string().describe('e.g. linux x64'),
  at: Time,
  cpus: z.int().describe('Processors that steps may use'),
  cpuPercent: z.number().nullable().describe('Of all processors, 0 to 100, since the answer before; null at first'),
  memory: Load,
  disk: Load.describe('The disk of the data folder'),
  gpus: z.array(z.object({ name: z.string(), percent: z.number().nullable(), memory: Load.nullable() })),
  reserved: z
    .object({ cpus: z.number(), memoryBytes: z.number(), gpus: z.number() })
    .describe('What the steps that run now have set aside'),
})
export type Machine = z.infer<typeof Machine>

/** Settings of the engine, kept in `config.json` of its data folder. */
export const EngineSettings = z.strictObject({
  listen: z.string().max(300).nullable().describe('Address of the API; null for the default'),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']),
  retention: z
    .strictObject({
      keepRuns: z.int().min(0).describe('Ended runs that are kept in a project'),
      keepDays: z.number().min(0).describe('Days that ended runs are kept'),
    })
    .describe('Ended runs go when either is exceeded'),
})
export type EngineSettings = z.infer<typeof EngineSettings>

const EngineSettingsAnswer = z.object({
  settings: EngineSettings,
  restartNeeded: z.boolean().describe('True when the engine runs with other settings until it is started again'),
})

export const engineRoutes = {
  health: route({
    id: 'engine.health',
    method: 'GET',
    path: '/api/v1/health',
    permission: 'PUBLIC',
    change: false,
    summary: 'Whether the engine is well',
    response: Health,
  }),
  version: route({
    id: 'engine.version',
    method: 'GET',
    path: '/api/v1/version',
    permission: 'SIGNED_IN',
    change: false,
    summary: 'Version of the engine and its runtime',
    response: Version,
  }),
  status: route({
    id: 'engine.status',
    method: 'GET',
    path: '/api/v1/engine',
    permission: 'SIGNED_IN',
    change: false,
    summary: 'The engine: process, data folder, addresses, projects',
    response: EngineStatus,
  }),
  machine: route({
    id: 'engine.machine',
    method: 'GET',
    path: '/api/v1/engine/machine',
    permission: 'SIGNED_IN',
    change: false,
    summary: 'The machine: processors, memory, disk, what is in use and what is set aside',
    response: Machine,
  }),
  settings: route({
    id: 'engine.settings',
    method: 'GET',
    path: '/api/v1/engine/settings',
    permission: 'MASTER',
    change: false,
    summary: 'Settings of the engine',
    response: EngineSettingsAnswer,
  }),
  saveSettings: route({
    id: 'engine.saveSettings',
    method: 'PUT',
    path: '/api/v1/engine/settings',
    permission: 'MASTER',
    change: true,
    summary: 'Change settings of the engine; some wait for its next start',
    body: EngineSettings,
    response: EngineSettingsAnswer,
  }),
  doctor: route({
    id: 'engine.doctor',
    method: 'GET',
    path: '/api/v1/doctor',
    permission: 'SIGNED_IN',
    change: false,
    summary: 'Checks the machine and says cause and fix in plain words',
    response: z.object({ findings: z.array(Finding) }),
  }),
  shutdown: route({
    id: 'engine.shutdown',
    method: 'POST',
    path: '/api/v1/engine/shutdown',
    permission: 'MASTER',
    change: true,
    summary: 'Stop the engine; steps that run as processes or containers go on and are adopted at the next start',
    response: z.object({ stopping: z.literal(true) }),
    status: 202,
  }),
} as const
