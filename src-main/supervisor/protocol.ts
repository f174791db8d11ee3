import { z } from 'zod'

/** What supervisor, engine and CLI agree on: messages between the processes, exit codes, and `engine.json`. */

/** What the engine tells its supervisor. */
export const FromEngine = z.discriminatedUnion('type', [
  /** It answers. */
  z.object({ type: z.literal('ready'), socket: z.string(), url: z.string() }),
  /** It cannot start. `isPermanent`: trying again without a change would fail again. */
  z.object({
    type: z.literal('failed'),
    code: z.string(),
    message: z.string(),
    fix: z.string().optional(),
    isPermanent: z.boolean(),
  }),
  z.object({ type: z.literal('pong') }),
])
export type FromEngine = z.infer<typeof FromEngine>
export type EngineFailure = Extract<FromEngine, { type: 'failed' }>

/** What the supervisor tells the engine. */
export const ToEngine = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ping') }),
  z.object({ type: z.literal('stop') }),
])
export type ToEngine = z.infer<typeof ToEngine>

/** How the engine's process ends. */
export const engineExit = {
  /** It was asked to stop */
  stopped: 0,
  /** It failed; starting it again may help */
  crashed: 1,
  /** Something must be changed before it can start (EX_CONFIG of sysexits.h) */
  misconfigured: 78,
} as const

/** `<data>/engine.json`: where the engine of this folder answered last. Whether it still does, only asking tells. */
export const EngineFile = z.object({
  pid: z.int(),
  version: z.string(),
  /** Path of the Unix socket or named pipe */
  socket: z.string(),
  url: z.string(),
  /** All addresses */
  listen: z.array(z.string()),
  startedAt: z.string(),
})
export type EngineFile = z.infer<typeof EngineFile>
export const ENGINE_FILE = 'engine.json'
