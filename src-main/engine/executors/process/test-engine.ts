import { join } from 'node:path'
import { openBlobStore } from '../../assets/index.ts'
import type { Job } from '../executor.ts'
import { createProcessExecutor } from './index.ts'

/**
 * For tests: an engine that is nothing but an executor, in a process of its own so that it can be killed. It is told
 * what to do by messages, and sends every report.
 */
export type TestOrder =
  | { readonly do: 'start' | 'adopt'; readonly job: Job }
  | { readonly do: 'kill'; readonly token: string; readonly graceMs: number }
  | { readonly do: 'close' }

const root = process.argv[2] ?? ''
const executor = createProcessExecutor({
  blobs: openBlobStore(join(root, 'blobs')),
  now: Date.now,
  report: (report) => process.send?.(report),
})
process.on('message', (order: TestOrder) => {
  if (order.do === 'close') void executor.close().then(() => process.disconnect())
  else if (order.do === 'kill') executor.kill(order.token, order.graceMs)
  else executor[order.do](order.job)
})
