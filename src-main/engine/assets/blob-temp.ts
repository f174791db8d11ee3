import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Only the user of the engine looks into its folders. */
export const FOLDER_MODE = 0o700
/** Temporary files of other engines' threads are younger; those of an engine that was killed are not. */
const LEFTOVER_MS = 60 * 60 * 1000
const RANDOM_BYTES = 12
/** Ends the name of a body that is on its way out; its name begins with its digest. */
const REMOVING = '.removing'

export const temporaryPath = (folder: string): string =>
  join(folder, `${randomBytes(RANDOM_BYTES).toString('hex')}.part`)

export const removalPath = (folder: string, digest: string): string =>
  join(folder, `${digest}.${randomBytes(RANDOM_BYTES).toString('hex')}${REMOVING}`)

/**
 * Makes the folder for temporary files, and clears what a killed engine left there. A removal that was cut short is
 * undone: someone may have stored the body again just then, and retention finds it anew when not.
 * @param pathOf where the body of a digest belongs
 */
export function prepareTemporaryFolder(folder: string, pathOf: (digest: string) => string, now: number): void {
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE })
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    try {
      if (now - statSync(path).mtimeMs < LEFTOVER_MS) continue
      const digest = name.endsWith(REMOVING) ? name.split('.')[0] : undefined
      if (digest === undefined || statSync(pathOf(digest), { throwIfNoEntry: false }) !== undefined) {
        rmSync(path, { force: true })
      } else {
        renameSync(path, pathOf(digest))
      }
    } catch {
      // Another thread's engine half was quicker, or the disk is read-only: neither is a reason not to open the store.
    }
  }
}

/** Makes the names in a folder durable. Windows has no such call and does it by itself. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export const discard = (path: string): Promise<void> => rm(path, { force: true })
