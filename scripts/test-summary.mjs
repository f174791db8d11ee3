/**
 * Reporter of vitest: writes to out/test-summary.json how many tests passed and failed, and why each other one was
 * skipped, for scripts/test.mjs to judge. A test skips itself with its reason: `context.skip('Docker does not answer')`.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { ROOT } from './bootstrap.mjs'

export const SUMMARY_FILE = `${ROOT}/out/test-summary.json`

/** What a run of tests came to. Errors outside tests (a file that does not load, a hook) count as failures. */
export const summarize = (testModules, unhandledErrors) => {
  const summary = { passed: 0, failed: unhandledErrors.length, skipped: [] }
  for (const testModule of testModules) {
    const file = relative(ROOT, testModule.moduleId)
    summary.failed += testModule.errors().length
    for (const suite of testModule.children.allSuites()) summary.failed += suite.errors().length
    for (const test of testModule.children.allTests()) {
      const result = test.result()
      if (result.state === 'passed') summary.passed += 1
      else if (result.state === 'failed') summary.failed += 1
      else summary.skipped.push({ file, test: test.fullName, reason: result.note ?? 'no reason given' })
    }
  }
  return summary
}

export default class TestSummary {
  onTestRunEnd(testModules, unhandledErrors) {
    mkdirSync(dirname(SUMMARY_FILE), { recursive: true })
    writeFileSync(SUMMARY_FILE, JSON.stringify(summarize(testModules, unhandledErrors)))
  }
}
