import { readFile } from 'node:fs/promises'
import type { Check } from '../check.ts'

/** Enough to watch a tree of this many folders. */
const ENOUGH = 65_536
const SETTING = '/proc/sys/fs/inotify/max_user_watches'

export const watches: Check = {
  id: 'watches',
  title: 'File watches',
  async check() {
    if (process.platform !== 'linux') return { status: 'ok', detail: 'This system sets no limit.' }
    const limit = Number((await readFile(SETTING, 'utf8')).trim())
    if (limit >= ENOUGH) return { status: 'ok', detail: `Up to ${limit} folders can be watched.` }
    return {
      status: 'warning',
      detail: `Only ${limit} folders can be watched for changes.`,
      fix: `Run "sudo sysctl fs.inotify.max_user_watches=${ENOUGH * 8}", and put the line into /etc/sysctl.d/weir.conf to keep it.`,
    }
  },
}
