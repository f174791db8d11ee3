import { apply, type Effect, handle, recover, restore, type State } from '../core/index.ts'

/**
 * The parts of the engine that a schedule runs on. The honest ones are the real core in the real order; a planted fault
 * replaces one of them to show that an oracle notices.
 */
export interface Rig {
  readonly handle: typeof handle
  readonly recover: typeof recover
  readonly apply: typeof apply
  readonly restore: typeof restore
  /** What a turn does after it has decided, in this order */
  readonly order: readonly ('commit' | 'answer' | 'perform')[]
  /** Which effects are carried out */
  readonly effects: (effects: readonly Effect[]) => readonly Effect[]
  /** Called with each new state, before anything is applied to it */
  readonly prepare: (state: State) => void
}

export const HONEST: Rig = {
  handle,
  recover,
  apply,
  restore,
  order: ['commit', 'answer', 'perform'],
  effects: (effects) => effects,
  prepare: () => undefined,
}
