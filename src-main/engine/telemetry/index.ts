export type { LogFile, Logger, LogLevel } from './logger.ts'
export { LOG_LEVELS, openLog, silentLog } from './logger.ts'
