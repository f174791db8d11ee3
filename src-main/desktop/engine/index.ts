export { activeRuns, ask, engineSocket } from './ask.ts'
export type { RunNews } from './follow.ts'
export { type EngineKeeper, keepEngine } from './keeper.ts'
export { carrySockets } from './sockets.ts'
