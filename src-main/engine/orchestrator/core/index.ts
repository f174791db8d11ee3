export { apply } from './apply.ts'
export { argumentsByName } from './arguments.ts'
export { notAgain } from './calls.ts'
export { type Claim, isSameClaim } from './claim.ts'
export type * from './commands.ts'
export * from './events.ts'
export { forget } from './forget.ts'
export { handle, recover } from './handle.ts'
export { violations } from './invariants.ts'
export { type Queued, queued } from './queue.ts'
export { reopened, reopening } from './reopen.ts'
export { restore } from './restore.ts'
export { LOSSES_LIMIT } from './retry.ts'
export * from './state.ts'
export { touched } from './touched.ts'
export * from './units.ts'
export {
  asRecord,
  counts,
  earlierMs,
  type Load,
  runStatus,
  stepStatus,
  valuesOf,
  viewRun,
  viewSummary,
} from './view.ts'
export { createAhead, isKnownOnlyLive, reasonText, why } from './why.ts'
export { isVersionNeeded, startWorker } from './workers.ts'
export type { Workspace } from './workspace.ts'
export { chainOf, lowestOf, nameOfWorkspace, outOfReach, sees } from './workspaces.ts'
