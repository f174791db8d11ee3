import { stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Check } from '../check.ts'

/** File systems whose locks depend on a server and a network; magic numbers of statfs(2). */
const NETWORK_DISKS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x01021997, '9P'],
])

export const lock: Check = {
  id: 'lock',
  title: 'Lock of the data folder',
  async check({ data }) {
    const path = join(data, 'engine.lock')
    const isThere = await stat(path).then(
      () => true,
      () => false,
    )
    if (!isThere) {
      return {
        status: 'error',
        detail: `${path} was deleted while the engine runs: a second engine could start on the same data.`,
        fix: 'Start the engine again at once, and start no other meanwhile.',
      }
    }
    const network = NETWORK_DISKS.get((await statfs(data)).type >>> 0)
    if (network === undefined) return { status: 'ok', detail: 'This engine alone holds the data folder.' }
    return {
      status: 'warning',
      detail: `The data folder is on a network disk (${network}), whose locks can be lost.`,
      fix: 'Use a data folder on a local disk; results can be kept on the network.',
    }
  },
}
