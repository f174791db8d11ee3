/**
 * `npm test [-- [--check] [PATH…]]`: installs and builds what is missing, runs every test (vitest, Playwright on the real
 * desktop, pytest for the Python SDK), and ends with the line `N passed, N failed, N skipped`. With --check the checks of scripts/check.mjs run first
 * and count as tests. With paths, only the tests whose file name holds one of them.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkNode, ensureBuilt, ensureInstalled, main, runTool, say } from './bootstrap.mjs'
import { runChecks } from './check.mjs'
import { E2E_SUMMARY_FILE } from './e2e-summary.mjs'
import { ensurePython, NO_PYTHON, runPython, SDK } from './python.mjs'
import { SUMMARY_FILE } from './test-summary.mjs'

const ALLOWED_SKIPS = fileURLToPath(new URL('allowed-skips.json', import.meta.url))

const PYTHON_SUMMARY_FILE = fileURLToPath(new URL('../.weir/python-summary.json', import.meta.url))

/** Runs a test runner and reads its summary; what it could not count (it crashed before its end) is one failure. */
const runRunner = (start, summaryFile) => {
  rmSync(summaryFile, { force: true })
  const status = start()
  if (!existsSync(summaryFile)) return { passed: 0, failed: 1, skipped: [] }
  const summary = JSON.parse(readFileSync(summaryFile, 'utf8'))
  // Runners also fail for what is no test, e.g. a filter that matches nothing or a global set-up that throws.
  if (status !== 0 && summary.failed === 0) summary.failed = 1
  return summary
}

/** Playwright's tests are told by their ending, so that a path given to `npm test` reaches the runner that knows it. */
const isE2e = (path) => path.endsWith('.spec.ts') || /^e2e\/(desktop|screens|package)\b/.test(path)

const isPython = (path) => path.startsWith('sdk/python')

/** Tests of the Python SDK, with the environment that scripts/python.mjs makes. */
const runPythonTests = (paths) => {
  const python = ensurePython()
  if (python === null)
    return { passed: 0, failed: 0, skipped: [{ file: 'sdk/python', test: 'all', reason: NO_PYTHON }] }
  say('Runs the tests of the Python SDK')
  const files = paths.map((path) => join(dirname(dirname(SDK)), path)).filter((path) => path !== SDK)
  const start = () => runPython(python, ['pytest', ...files], { WEIR_TEST_SUMMARY: PYTHON_SUMMARY_FILE })
  return runRunner(start, PYTHON_SUMMARY_FILE)
}

const runTests = (args) => {
  const options = args.filter((arg) => arg.startsWith('-'))
  const paths = args.filter((arg) => !arg.startsWith('-'))
  const summaries = []
  const own = paths.filter((path) => !isE2e(path) && !isPython(path))
  if (paths.length === 0 || own.length > 0) {
    say('Runs the tests')
    const reporters = ['--reporter=default', '--reporter=./scripts/test-summary.mjs']
    const all = ['run', ...reporters, ...options, ...own]
    summaries.push(runRunner(() => runTool('vitest/vitest.mjs', all), SUMMARY_FILE))
  }
  const e2e = paths.filter(isE2e)
  if (paths.length === 0 || e2e.length > 0) {
    say('Runs the tests of the desktop')
    const config = ['test', '--config', 'e2e/playwright.config.ts']
    summaries.push(runRunner(() => runTool('@playwright/test/cli.js', [...config, ...e2e]), E2E_SUMMARY_FILE))
  }
  const python = paths.filter(isPython)
  if (paths.length === 0 || python.length > 0) summaries.push(runPythonTests(python))
  return summaries.reduce((sum, one) => ({
    passed: sum.passed + one.passed,
    failed: sum.failed + one.failed,
    skipped: [...sum.skipped, ...one.skipped],
  }))
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
