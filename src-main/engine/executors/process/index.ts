export { createProcessExecutor, type ProcessExecutorParts } from './process-executor.ts'
