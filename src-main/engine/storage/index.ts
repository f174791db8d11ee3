export { acquireDataLock, type DataLock } from './lock.ts'
export { storageProblem } from './sqlite/errors.ts'
export { openSqlite, type SqliteOptions } from './sqlite.ts'
export * from './storage.ts'
