/**
 * What supervisor and engine agree on: messages between the processes, and exit codes. Both ends are of one build; the
 * supervisor starts before everything else, and schemas would take longer to load than all that it does.
 */

/** What the engine tells its supervisor. */
export type FromEngine =
  /** It answers. */
  { readonly type: 'ready'; readonly socket: string; readonly url: string } | EngineFailure | { readonly type: 'pong' }

/** It cannot start. `isPermanent`: trying again without a change would fail again. */
export interface EngineFailure {
  readonly type: 'failed'
  readonly code: string
  readonly message: string
  readonly fix?: string | undefined
  readonly isPermanent: boolean
}

/** What the supervisor tells the engine. */
export interface ToEngine {
  readonly type: 'ping' | 'stop'
}

/** A message of the engine, or null when it is none. */
export function fromEngine(raw: unknown): FromEngine | null {
  const { type, socket, url, code, message, fix, isPermanent } = fieldsOf(raw)
  if (type === 'pong') return { type }
  if (type === 'ready') return typeof socket === 'string' && typeof url === 'string' ? { type, socket, url } : null
  if (type !== 'failed' || typeof code !== 'string' || typeof message !== 'string') return null
  return { type, code, message, isPermanent: isPermanent === true, ...(typeof fix === 'string' ? { fix } : {}) }
}

/** A message of the supervisor, or null when it is none. */
export function toEngine(raw: unknown): ToEngine | null {
  const { type } = fieldsOf(raw)
  return type === 'ping' || type === 'stop' ? { type } : null
}

const fieldsOf = (raw: unknown): Readonly<Record<string, unknown>> =>
  typeof raw === 'object' && raw !== null ? { ...raw } : {}

/** How the engine's process ends. */
export const engineExit = {
  /** It was asked to stop */
  stopped: 0,
  /** It failed; starting it again may help */
  crashed: 1,
  /** Something must be changed before it can start (EX_CONFIG of sysexits.h) */
  misconfigured: 78,
} as const
