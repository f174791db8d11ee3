import {
  isKnownOnlyLive,
  type LiveRun,
  parseKey,
  type RunState,
  reasonText,
  type Unit,
  unitKey,
  unitsOf,
} from '../orchestrator/index.ts'
import type { Replay } from './replay.ts'

/** How often all units that wait are asked about anew while somebody watches: their reasons change without events, in ms. */
const ASK_ALL_EVERY_MS = 1_000
/** How many units one question is about: the next ones in line; nobody reads the reasons of 10,000 that wait for the same. */
const UNITS_ASKED = 500

/** The orchestrator, as far as it is asked what it alone knows: reasons of queued units, and what executors are at. */
export interface Oracle {
  /** False when it is not running, and so knows nothing more than the journal */
  isThere(): boolean
  live(run: string, units: readonly string[]): Promise<LiveRun>
  /** ms of the process */
  now(): number
}

/**
 * Asks about the units that changed, and now and then about all that wait. Answers the units of which something else is
 * said than before, so that whoever was told the old reason is told the new one.
 * @param changed null for all units
 */
export async function askLive(oracle: Oracle, replay: Replay, changed: ReadonlySet<Unit> | null): Promise<Set<Unit>> {
  const { run, told, statuses, changes } = replay
  const fresh = new Set<Unit>()
  if (run.finished !== null || !oracle.isThere()) return fresh
  const now = oracle.now()
  const isAboutAll = changed === null || now - replay.askedAt >= ASK_ALL_EVERY_MS
  const asked = unknownOf(isAboutAll ? unitsOf(run) : changed)
  if (!isAboutAll && asked.length === 0) return fresh
  if (isAboutAll) replay.askedAt = now
  const { why, progress, status } = await oracle.live(run.id, asked.map(unitKey))
  const take = (unit: Unit, text: string | undefined): void => {
    const before = told.get(unit)
    if (before === text) return
    if (text === undefined) told.delete(unit)
    else told.set(unit, text)
    // A unit that comes with this answer anyway is news only to those who were told something else before.
    if (before !== undefined || changed?.has(unit) !== true) fresh.add(unit)
  }
  for (const unit of asked) {
    const key = unitKey(unit)
    take(unit, why[key])
    const stands = status[key]
    if (stands === undefined) statuses.delete(unit)
    else statuses.set(unit, stands)
  }
  for (const [key, text] of Object.entries(progress)) {
    const unit = unitOf(run, key)
    if (unit !== undefined) take(unit, text)
  }
  for (const unit of fresh) changes.mark(unit, replay.cursor + 1)
  return fresh
}

/** Units of the journal that only the orchestrator can tell about, up to a bound. */
function unknownOf(units: Iterable<Unit>): Unit[] {
  const found: Unit[] = []
  for (const unit of units) {
    if (!isKnownOnlyLive(unit)) continue
    found.push(unit)
    if (found.length === UNITS_ASKED) break
  }
  return found
}

/** Where a unit stands, in words; null when it runs, has ended, or nobody can say. */
export function reasonOf({ state, told }: Replay, unit: Unit): string | null {
  if (unit.phase === 'done' || unit.phase === 'running') return null
  const said = told.get(unit)
  if (said !== undefined) return said
  return isKnownOnlyLive(unit) && unit.phase !== 'retry' ? null : reasonText(state, unit)
}

function unitOf(run: RunState, key: string): Unit | undefined {
  const { step, index } = parseKey(key)
  const unit = run.steps.get(step)
  return index === undefined ? unit : unit?.fanOut?.units[index]
}
