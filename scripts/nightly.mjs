/**
 * `npm run nightly [-- SCHEDULES]`: the simulation of the durable core with many more seeded schedules, and the real engine
 * killed many more times (with drawn workflows and with code, whose workers and processes are killed, too), than a test run has
 * time for; results of 1 GiB. Tests read how many from WEIR_SCHEDULES and WEIR_KILLS.
 */
import { checkNode, ensureBuilt, ensureInstalled, main, runTool, Stop, say } from './bootstrap.mjs'

const SCHEDULES = 2_000_000
const KILLS = 300
const TESTS = ['src-main/engine/orchestrator/simulation', 'e2e/faults/kill', 'e2e/code/storm', 'e2e/code/limits']
/** A night. */
const TIMEOUT_MS = 8 * 60 * 60 * 1000

await main(([given]) => {
  const schedules = given === undefined ? SCHEDULES : Number(given)
  if (!Number.isInteger(schedules) || schedules < 1) throw new Stop(`${given} is not a number of schedules.`)
  checkNode()
  ensureInstalled()
  ensureBuilt()
  say(`Simulates ${schedules} schedules, kills the engine ${KILLS} times`)
  const seed = process.env.WEIR_SEED ?? String(Math.floor(Math.random() * 2 ** 31))
  const env = { ...process.env, WEIR_SCHEDULES: String(schedules), WEIR_KILLS: String(KILLS), WEIR_SEED: seed }
  return runTool(
    'vitest/vitest.mjs',
    ['run', '--project', 'integration', '--testTimeout', String(TIMEOUT_MS), ...TESTS],
    {
      env,
    },
  )
})
