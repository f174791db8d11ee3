import type { State, Unit } from './state.ts'
import { queuePhase } from './units.ts'

/** A unit that was on its way to be executed is so no longer. Called before its phase is changed. */
export function leaveWaiting(unit: Unit): void {
  if (queuePhase(unit.phase)) unit.run.waiting -= 1
}

/** Lets time pass before a unit goes on, until the moment `at`. */
export function wake(state: State, unit: Unit, at: number): void {
  unit.wakeAt = at
  state.timers.add({ at, kind: 'wake', target: unit, token: null })
}
