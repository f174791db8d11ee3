import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openBlobStore } from '../../../assets/index.ts'
import type { Job } from '../../executor.ts'
import { createContainerExecutor } from '../index.ts'

/**
 * An engine reduced to its container executor, to be killed by a test: starts the job that a file holds, and prints its
 * reports, one a line.
 */
const [folder = '', host = '', jobFile = ''] = process.argv.slice(2)
const job = JSON.parse(readFileSync(jobFile, 'utf8')) as Job
const executor = createContainerExecutor({
  blobs: openBlobStore(join(folder, 'blobs')),
  report: (report) => void process.stdout.write(`${JSON.stringify(report)}\n`),
  now: Date.now,
  owner: folder,
  docker: host,
})
executor.start(job)
// The pipe of a test that dies closes, and this process with it.
process.stdin.resume()
process.stdin.on('end', () => process.exit(0))
