export { activeRuns, ask, engineSocket } from './ask.ts'
export type { RunNews } from './follow.ts'
export type { EngineKeeper } from './keeper.ts'
export { carrySockets } from './sockets.ts'
