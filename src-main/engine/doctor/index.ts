export type { Place } from './check.ts'
export type { EngineFacts } from './engine-handlers.ts'
export { engineHandlers } from './engine-handlers.ts'
export { createMachine } from './machine/machine.ts'
