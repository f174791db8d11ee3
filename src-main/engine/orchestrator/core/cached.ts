import type { CacheHit } from './commands.ts'
import type { CacheState, State, Unit } from './state.ts'
import type { Turn } from './turn.ts'
import { currentExecution, executionId, freshKey, nextAttempt, place } from './units.ts'
import { chainOf } from './workspaces.ts'

/** A result that was recorded within this window may not yet have been in the cache table when the edge asked it. */
const FRESH_MS = 60_000

/**
 * Lets a unit take the result of another execution with its key, or wait for one that is being made. Asked when its
 * expressions are resolved and again when its turn has come: what had the same key may have started or ended meanwhile.
 * @param hit what the edge found in the cache table
 * @returns false when it has to run
 */
export function takeCached(turn: Turn, unit: Unit, cache: CacheState, hit: CacheHit | null): boolean {
  // A manual re-run, or a failure of its own, asks for a new result.
  if (unit.skipCache || unit.failures > 0) return false
  const { state, now } = turn
  // The nearest workspace that has or makes a result wins: what an ancestor holds is a stand-in for an own one.
  for (const workspace of chainOf(state, unit.workspace)) {
    const found = hit?.workspace === workspace ? hit : freshHit(turn, unit, cache, workspace)
    if (found !== null) {
      const { source, outputs } = found
      const attempt = nextAttempt(unit)
      turn.emit({ type: 'step.cached', ...place(unit), at: now, attempt, key: cache.key, source, outputs })
      return true
    }
    const producer = state.producers.get(cache.key)?.findLast((other) => other.workspace === workspace)
    if (producer === undefined) continue
    waitFor(state, unit, cache.key, producer)
    return true
  }
  return false
}

function waitFor(state: State, unit: Unit, key: string, producer: Unit): void {
  unit.phase = 'cachePending'
  const source = executionId(producer, currentExecution(producer)?.attempt ?? 0)
  unit.awaits = { key, source, workspace: producer.workspace }
  const waiting = state.awaiting.get(key)
  if (waiting === undefined) state.awaiting.set(key, [unit])
  else waiting.push(unit)
}

function freshHit({ state, now }: Turn, unit: Unit, cache: CacheState, workspace: string): CacheHit | null {
  const fresh = state.fresh.get(freshKey(workspace, cache.key))
  if (fresh === undefined) return null
  const oldest = now - Math.min(FRESH_MS, unit.step.cache?.maxAgeMs ?? FRESH_MS)
  return fresh.at < oldest ? null : fresh
}
