import { existsSync } from 'node:fs'
import { stopDaemon } from './daemon.mjs'

/**
 * Runs beside a test engine and holds the reading end of a pipe to the process that started it. When that process ends,
 * however it ends, the pipe closes and the engine is stopped: a killed test run leaves no dockerd behind.
 */
const daemon = JSON.parse(process.argv[2] ?? '{}')
process.stdin.resume()
process.stdin.on('end', () => {
  const stopped = existsSync(daemon.dir) ? stopDaemon(daemon) : Promise.resolve()
  stopped.then(
    () => process.exit(0),
    () => process.exit(1),
  )
})
