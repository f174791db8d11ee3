import type { Check } from '../check.ts'
import { memoryNow } from '../machine/memory.ts'
import { readableBytes } from '../units.ts'

/** With less, the system is about to end processes to save itself. */
const LOW_BYTES = 500 * 1024 ** 2

export const memory: Check = {
  id: 'memory',
  title: 'Memory',
  check() {
    const { total, available: free } = memoryNow()
    const detail = `${readableBytes(free)} of ${readableBytes(total)} are available.`
    if (free >= LOW_BYTES) return { status: 'ok', detail }
    return {
      status: 'warning',
      detail,
      fix: 'End programs that are not needed, or limit what runs at once with "resources".',
    }
  },
}
