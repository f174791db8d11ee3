import { randomBytes } from 'node:crypto'
import { rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Check } from '../check.ts'

/** No copy of this program is older: a clock before it was never set. */
const RELEASED = Date.UTC(2026, 0, 1)
/** How far the clock of the file system may be from that of the machine; network disks have one of their own. */
const FILE_SKEW_MS = 5_000
/** How far back the clock may have gone since the newest change was recorded. */
const BACKWARD_MS = 60_000
const FIX = 'Set the clock, and keep it right with NTP (timedatectl set-ntp true).'

export const clock: Check = {
  id: 'clock',
  title: 'Clock',
  async check({ data, lastChange }) {
    const now = Date.now()
    const shown = new Date(now).toISOString()
    if (now < RELEASED) return { status: 'error', detail: `The clock says ${shown}, which cannot be.`, fix: FIX }
    const newest = lastChange()
    if (newest !== null && Date.parse(newest) > now + BACKWARD_MS) {
      return {
        status: 'warning',
        detail: `The clock says ${shown}, but a change was recorded at ${newest}: it went back, or was ahead then.`,
        fix: FIX,
      }
    }
    const skew = (await fileClock(data)) - Date.now()
    if (Math.abs(skew) > FILE_SKEW_MS) {
      return {
        status: 'warning',
        detail: `The disk of the data folder is ${Math.round(Math.abs(skew) / 1000)} s ${skew > 0 ? 'ahead of' : 'behind'} this machine.`,
        fix: `${FIX} Do so on the file server too, or use a local disk.`,
      }
    }
    return { status: 'ok', detail: `The clock says ${shown}, and agrees with the disk.` }
  },
}

async function fileClock(folder: string): Promise<number> {
  const probe = join(folder, `.clock-${randomBytes(6).toString('hex')}`)
  try {
    await writeFile(probe, '')
    return (await stat(probe)).mtimeMs
  } finally {
    await rm(probe, { force: true })
  }
}
