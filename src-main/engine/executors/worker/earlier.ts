import type { SessionParts } from './parts.ts'
import type { Session } from './session.ts'

type Versions = Readonly<Record<string, readonly number[]>>

/** What a worker hosts besides the newest versions. */
export function earlierThan(hosts: Readonly<Record<string, number>>, earlier: Versions): Versions {
  const others = Object.entries(earlier).map(
    ([module, versions]) => [module, [...new Set(versions)].filter((version) => version !== hosts[module])] as const,
  )
  return Object.fromEntries(others.filter(([, versions]) => versions.length > 0))
}

/** Tells workers which of their earlier versions no run needs any more, so that they keep no code for nothing. */
export class Unneeded {
  readonly #parts: SessionParts
  /** Since when each is not needed, ms since 1970 */
  readonly #since = new WeakMap<Session, Map<string, number>>()

  constructor(parts: SessionParts) {
    this.#parts = parts
  }

  look(session: Session): void {
    const { facts } = session
    if (facts === null || !session.isConnected) return
    const before = this.#since.get(session)
    const since = new Map<string, number>()
    const retired: Record<string, number[]> = {}
    const earlier: Record<string, number[]> = {}
    for (const [module, versions] of Object.entries(facts.earlier)) {
      for (const version of versions) {
        const list = this.#isOver(module, version, before, since) ? retired : earlier
        list[module] = [...(list[module] ?? []), version]
      }
    }
    if (since.size > 0) this.#since.set(session, since)
    else this.#since.delete(session)
    if (Object.keys(retired).length > 0) session.retire(retired, earlier)
  }

  #isOver(
    module: string,
    version: number,
    before: ReadonlyMap<string, number> | undefined,
    since: Map<string, number>,
  ): boolean {
    const { calls, now, timing } = this.#parts
    if (calls.needs(module, version)) return false
    const key = `${module}@${version}`
    const began = before?.get(key) ?? now()
    if (now() - began >= timing.unneededMs) return true
    since.set(key, began)
    return false
  }
}
