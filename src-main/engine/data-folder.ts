import { randomUUID } from 'node:crypto'
import { accessSync, constants, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ProblemError } from '../../src-shared/contract/index.ts'
import { ENGINE_FILE, type EngineFile } from '../supervisor/engine-file.ts'

/** Makes the data folder, for this user alone, or sees that an existing one can be written. */
export function prepareDataFolder(data: string): void {
  try {
    mkdirSync(data, { recursive: true, mode: 0o700 })
    accessSync(data, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ProblemError('data_unusable', `The data folder ${data} cannot be used: ${reason}.`, {
      fix: 'Give your user the right to write there, mount the disk writable, or use another folder with --data.',
      cause: error,
    })
  }
}

/** Name of this body of data, on things that are outside of it, e.g. in labels of containers; kept in `<data>/id`. */
export function readOrMakeId(data: string): string {
  const path = join(data, 'id')
  try {
    const id = readFileSync(path, 'utf8').trim()
    if (/^[0-9a-f-]{36}$/.test(id)) return id
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  const id = randomUUID()
  writeWhole(path, `${id}\n`)
  return id
}

/** Tells others where this engine answers. */
export function announce(data: string, file: EngineFile): void {
  writeWhole(join(data, ENGINE_FILE), `${JSON.stringify(file, null, 2)}\n`)
}

export function withdraw(data: string): void {
  rmSync(join(data, ENGINE_FILE), { force: true })
}

/** Readers see the old file or the new one, never half of it. */
function writeWhole(path: string, text: string): void {
  const draft = `${path}.new`
  writeFileSync(draft, text, { mode: 0o600 })
  renameSync(draft, path)
}
