import { z } from 'zod'

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
