export type { LogFile, Logger } from './logger.ts'
export { openLog, silentLog } from './logger.ts'
