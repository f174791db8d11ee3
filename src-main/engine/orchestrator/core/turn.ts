import type { Event } from './events.ts'
import type { State } from './state.ts'

/** One command's work on the state. `emit` applies an event at once, so that what follows sees it. */
export interface Turn {
  readonly state: State
  /** ms since 1970, steady */
  readonly now: number
  emit(event: Event): void
}
