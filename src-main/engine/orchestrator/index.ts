export type { Calls, LiveRun } from './calls.ts'

export {
  apply,
  argumentsByName,
  asRecord,
  createState,
  type Event,
  isKnownOnlyLive,
  type Load,
  type RunState,
  reasonText,
  type State,
  touched,
  type Unit,
  unitKey,
  unitsOf,
  type ValueRef,
  valuesOf,
  viewRun,
  viewSummary,
} from './core/index.ts'
export { createShared, leaveLine, releaseLock, SLOTS, vacateSlot } from './machine.ts'
export type { FromThread, ThreadData, ToThread } from './messages.ts'
export { fromFault } from './messages.ts'
export { parseKey } from './parse-key.ts'
export { readSecrets } from './secrets.ts'
export type { StartRequest } from './start-run.ts'
export { createValues, type Values } from './values.ts'
export type { CodeDemand } from './worker-calls.ts'
export { workspaceNotFound } from './workspaces.ts'
export type JournalEntries = readonly import('../storage/index.ts').JournalEntry[]
