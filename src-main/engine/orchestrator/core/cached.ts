import type { CacheHit } from './commands.ts'
import { type CacheState, currentExecution, executionId, nextAttempt, place, type State, type Unit } from './state.ts'
import type { Turn } from './turn.ts'

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
  const source = hit ?? freshHit(turn, unit, cache)
  if (source !== null) {
    turn.emit({ type: 'step.cached', ...place(unit), at: now, attempt: nextAttempt(unit), key: cache.key, ...source })
    return true
  }
  const producer = state.producers.get(cache.key)?.findLast((other) => other.run.workspace === unit.run.workspace)
  if (producer === undefined) return false
  waitFor(state, unit, cache.key, producer)
  return true
}

function waitFor(state: State, unit: Unit, key: string, producer: Unit): void {
  unit.phase = 'cachePending'
  unit.awaits = { key, source: executionId(producer, currentExecution(producer)?.attempt ?? 0) }
  const waiting = state.awaiting.get(key)
  if (waiting === undefined) state.awaiting.set(key, [unit])
  else waiting.push(unit)
}

function freshHit({ state, now }: Turn, unit: Unit, cache: CacheState): CacheHit | null {
  const fresh = state.fresh.get(cache.key)
  if (fresh === undefined || fresh.workspace !== unit.run.workspace) return null
  const oldest = now - Math.min(FRESH_MS, unit.step.cache?.maxAgeMs ?? FRESH_MS)
  return fresh.at < oldest ? null : { source: fresh.source, outputs: fresh.outputs }
}
