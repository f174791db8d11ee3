import { randomBytes } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Check } from '../check.ts'

const isFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')

/** Writes, syncs and deletes a small file, as every change of a run does. */
export const dataFolder: Check = {
  id: 'data-folder',
  title: 'Data folder',
  async check({ data }) {
    const probe = join(data, `.doctor-${randomBytes(6).toString('hex')}`)
    try {
      const file = await open(probe, 'wx', 0o600)
      try {
        await file.write('probe')
        await file.sync()
      } finally {
        await file.close()
      }
      return { status: 'ok', detail: `${data} can be written.` }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return {
        status: 'error',
        detail: `${data} cannot be written: ${reason}.`,
        fix: isFull(error)
          ? 'Make room on its disk: delete old runs (weir run delete), or move the data folder to a larger disk.'
          : 'Give your user the right to write there, mount the disk writable, or use another folder with --data.',
      }
    } finally {
      await rm(probe, { force: true })
    }
  },
}
