/**
 * `npm test [-- [--check] [vitest's arguments]]`: installs and builds what is missing, runs every test, and ends with the line
 * `N passed, N failed, N skipped`. With --check the checks of scripts/check.mjs run first and count as tests.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { checkNode, ensureBuilt, ensureInstalled, main, runTool, say } from './bootstrap.mjs'
import { runChecks } from './check.mjs'
import { SUMMARY_FILE } from './test-summary.mjs'

const ALLOWED_SKIPS = fileURLToPath(new URL('allowed-skips.json', import.meta.url))

/** Runs vitest; what it could not count (it crashed before its end) is one failure. */
const runTests = (args) => {
  rmSync(SUMMARY_FILE, { force: true })
  say('Runs the tests')
  const status = runTool('vitest/vitest.mjs', [
    'run',
    '--reporter=default',
    '--reporter=./scripts/test-summary.mjs',
    ...args,
  ])
  if (!existsSync(SUMMARY_FILE)) return { passed: 0, failed: 1, skipped: [] }
  const summary = JSON.parse(readFileSync(SUMMARY_FILE, 'utf8'))
  // Vitest also fails for what is no test, e.g. a filter that matches nothing or a global setup that throws.
  if (status !== 0 && summary.failed === 0) summary.failed = 1
  return summary
}

/** Skipped tests that CI does not accept: their reason is not on the list, which holds exact texts. */
export const refusedSkips = (skipped, allowed) => skipped.filter(({ reason }) => !allowed.includes(reason))

const printSkips = (skipped) => {
  if (skipped.length === 0) return
  process.stdout.write('\nSkipped:\n')
  for (const { file, test, reason } of skipped) process.stdout.write(`  ${file} > ${test}: ${reason}\n`)
}

const runAll = async (args) => {
  checkNode()
  ensureInstalled()
  const checks = args.includes('--check') ? runChecks() : []
  ensureBuilt()
  const tests = runTests(args.filter((arg) => arg !== '--check'))
  printSkips(tests.skipped)
  const refused =
    process.env.CI === 'true' ? refusedSkips(tests.skipped, JSON.parse(readFileSync(ALLOWED_SKIPS, 'utf8'))) : []
  if (refused.length > 0) {
    process.stdout.write(
      `\n${refused.length} skipped for a reason that is not in scripts/allowed-skips.json: in CI that is a failure.\n`,
    )
  }
  const failedChecks = checks.filter(({ result }) => result === 'failed')
  for (const { name } of failedChecks) process.stdout.write(`\nThe check of ${name} failed, see above.\n`)
  return {
    passed: tests.passed + checks.length - failedChecks.length,
    failed: tests.failed + failedChecks.length + refused.length,
    skipped: tests.skipped.length - refused.length,
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  let counts = { passed: 0, failed: 1, skipped: 0 }
  await main(async (args) => {
    counts = await runAll(args)
    return counts.failed === 0 ? 0 : 1
  })
  process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`)
}
