import { statfs } from 'node:fs/promises'
import type { Check } from '../check.ts'
import { readableBytes } from '../units.ts'

/** Below this, runs that make files are likely to fail soon. */
const LOW_BYTES = 5 * 1024 ** 3
/** Below this, the next commit may fail. */
const CRITICAL_BYTES = 500 * 1024 ** 2

export const disk: Check = {
  id: 'disk',
  title: 'Free disk space',
  async check({ data }) {
    const { bavail, blocks, bsize, ffree, files } = await statfs(data)
    const free = bavail * bsize
    const detail = `${readableBytes(free)} of ${readableBytes(blocks * bsize)} are free on the disk of the data folder.`
    const fix = 'Delete old runs (weir run delete), or move the data folder to a larger disk.'
    if (free < CRITICAL_BYTES) return { status: 'error', detail, fix }
    // Some file systems count files apart: one without free inodes is full however much space it has.
    if (files > 0 && ffree === 0) {
      return { status: 'error', detail: 'The disk of the data folder can hold no more files (no free inodes).', fix }
    }
    if (free < LOW_BYTES) return { status: 'warning', detail, fix }
    return { status: 'ok', detail }
  },
}
