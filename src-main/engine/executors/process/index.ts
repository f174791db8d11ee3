export { identify, isAlive, type ProcessIdentity } from './identity.ts'
export { createProcessExecutor, type ProcessExecutorParts } from './process-executor.ts'
