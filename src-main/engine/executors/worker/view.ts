import type { WorkerOffer } from '../executor.ts'
import type { Session } from './session.ts'

/** A worker as people see it. */
export interface LiveWorker extends WorkerOffer {
  readonly worker: string
  /** ms since 1970 */
  readonly since: number
  readonly faults: readonly { readonly module: string; readonly message: string }[]
  readonly busy: readonly { readonly execution: string; readonly target: string; readonly isShared: boolean }[]
}

/** Null for a session that has not said hello to this engine. */
export function viewOf(session: Session): LiveWorker | null {
  const { name, facts, since, isDraining, isConnected, busy } = session
  if (facts === null || since === null) return null
  const { register: _register, process: _process, name: called, ...rest } = facts
  return {
    ...rest,
    worker: name,
    name: called,
    draining: isDraining,
    connected: isConnected,
    since,
    busy: busy.flatMap(({ call }) => {
      if (call === undefined) return []
      return [{ execution: call.execution, target: call.target, isShared: call.isolation === 'shared' }]
    }),
  }
}
