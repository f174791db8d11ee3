/**
 * Reporter of Playwright: the same summary as test-summary.mjs writes for vitest, in out/e2e-summary.json. A test skips
 * itself with its reason: `test.skip(condition, 'reason')`.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { ROOT } from './bootstrap.mjs'

export const E2E_SUMMARY_FILE = `${ROOT}/out/e2e-summary.json`

/** What a run came to. `tests`: file, title, outcome and annotations of each test; `errors`: those outside of tests. */
export const summarizeE2e = (tests, errors) => {
  const summary = { passed: 0, failed: errors, skipped: [] }
  for (const { file, title, outcome, annotations } of tests) {
    // A test that passed only at another try is a race that somebody has to mend.
    if (outcome === 'expected') summary.passed += 1
    else if (outcome !== 'skipped') summary.failed += 1
    else {
      const reason = annotations.find(({ type }) => type === 'skip')?.description ?? 'no reason given'
      summary.skipped.push({ file, test: title, reason })
    }
  }
  return summary
}

export default class E2eSummary {
  #suite = null
  #errors = 0

  onBegin(_config, suite) {
    this.#suite = suite
  }

  onError() {
    this.#errors += 1
  }

  onEnd() {
    const tests = (this.#suite?.allTests() ?? []).map((test) => ({
      file: relative(ROOT, test.location.file),
      title: test.titlePath().slice(3).join(' > '),
      outcome: test.outcome(),
      annotations: test.annotations,
    }))
    mkdirSync(dirname(E2E_SUMMARY_FILE), { recursive: true })
    writeFileSync(E2E_SUMMARY_FILE, JSON.stringify(summarizeE2e(tests, this.#errors)))
  }
}
