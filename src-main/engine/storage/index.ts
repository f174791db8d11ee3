export { type EngineDatabase, openEngineDatabase } from './engine-database.ts'
export { acquireDataLock, type DataLock } from './lock.ts'
export {
  type CopiedProject,
  type CopyReader,
  checkForeignDatabase,
  copyProjectDatabase,
  readCopy,
} from './sqlite/copy.ts'
export { storageProblem } from './sqlite/errors.ts'
export { openSqlite, type SqliteOptions } from './sqlite.ts'
export * from './storage.ts'
