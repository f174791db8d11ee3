/**
 * `npm run nightly [-- SCHEDULES]`: the simulation of the durable core with many more seeded schedules than a test run has
 * time for. Tests read how many from WEIR_SCHEDULES.
 */
import { checkNode, ensureInstalled, main, runTool, Stop, say } from './bootstrap.mjs'

const SCHEDULES = 2_000_000
const TESTS = ['src-main/engine/orchestrator']
/** A night. */
const TIMEOUT_MS = 8 * 60 * 60 * 1000

await main(([given]) => {
  const schedules = given === undefined ? SCHEDULES : Number(given)
  if (!Number.isInteger(schedules) || schedules < 1) throw new Stop(`${given} is not a number of schedules.`)
  checkNode()
  ensureInstalled()
  say(`Simulates ${schedules} schedules`)
  const env = { ...process.env, WEIR_SCHEDULES: String(schedules) }
  return runTool('vitest/vitest.mjs', ['run', '--project', 'unit', '--testTimeout', String(TIMEOUT_MS), ...TESTS], {
    env,
  })
})
