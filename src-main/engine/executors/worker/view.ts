import type { Session } from './session.ts'

/** A worker as people see it. */
export interface LiveWorker {
  readonly worker: string
  readonly name: string
  readonly host: string
  readonly pid: number
  readonly sdk: string
  readonly runtime: string
  /** Identifier of the workspace */
  readonly workspace: string
  readonly pool: string | null
  readonly tags: readonly string[]
  readonly hosts: Readonly<Record<string, number>>
  readonly concurrency: number
  readonly shared: number
  readonly draining: boolean
  readonly connected: boolean
  /** ms since 1970 */
  readonly since: number
  readonly faults: readonly { readonly module: string; readonly message: string }[]
  readonly busy: readonly { readonly execution: string; readonly target: string }[]
}

/** Null for a session that has not said hello to this engine. */
export function viewOf(session: Session): LiveWorker | null {
  const { name, facts, since, isDraining, isConnected, busy } = session
  if (facts === null || since === null) return null
  const { register: _register, name: called, ...rest } = facts
  return {
    ...rest,
    worker: name,
    name: called,
    draining: isDraining,
    connected: isConnected,
    since,
    busy: busy.flatMap(({ call }) => (call === undefined ? [] : [{ execution: call.execution, target: call.target }])),
  }
}
