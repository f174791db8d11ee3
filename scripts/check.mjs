/** All checks that need nothing to run: types, style, type-aware lint, dependency rules, unused code. */
import { fileURLToPath } from 'node:url'
import { checkNode, ensureInstalled, main, runTool, say } from './bootstrap.mjs'
import { ensurePython, NO_PYTHON, runPython } from './python.mjs'

/** Where dependency rules apply. */
const CRUISED = [
  'src-shared',
  'src-main',
  'bench',
  'e2e',
  'scripts',
  'sdk/typescript/src',
  'src-preload',
  'src-renderer',
  'electron.vite.config.ts',
  'vitest.config.ts',
]

const CHECKS = [
  { name: 'types', tool: 'typescript/bin/tsc', args: ['-p', '.'] },
  { name: 'types of the screens', tool: 'typescript/bin/tsc', args: ['-p', 'src-renderer'] },
  { name: 'style', tool: '@biomejs/biome/bin/biome', args: ['check', '--error-on-warnings', '.'] },
  { name: 'type-aware lint', tool: 'oxlint/bin/oxlint', args: [] },
  { name: 'dependency rules', tool: 'dependency-cruiser/bin/dependency-cruise.mjs', args: CRUISED },
  { name: 'unused code', tool: 'knip/bin/knip.js', args: ['--no-config-hints'] },
]

/**
 * Runs every check, also after one failed, so that one run shows all there is to mend.
 *
 * @returns name and result (`passed` or `failed`) of each check
 */
export const runChecks = () => [
  ...CHECKS.map(({ name, tool, args }) => runCheck(name, () => runTool(tool, args))),
  ...runPythonChecks(),
]

const runCheck = (name, check) => {
  say(`Checks ${name}`)
  const status = check()
  process.stdout.write(status === 0 ? 'ok\n' : `failed (exit code ${status})\n`)
  return { name, result: status === 0 ? 'passed' : 'failed' }
}

/** Types of the Python SDK; the tests say that they are skipped when there is no Python. */
const runPythonChecks = () => {
  const python = ensurePython()
  if (python !== null) return [runCheck('types of the Python SDK', () => runPython(python, ['mypy']))]
  say(`Does not check the Python SDK: ${NO_PYTHON}`)
  return []
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(() => {
    checkNode()
    ensureInstalled()
    const failed = runChecks().filter((check) => check.result === 'failed')
    process.stdout.write(
      failed.length === 0 ? '\nAll checks passed.\n' : `\nFailed: ${failed.map((c) => c.name).join(', ')}.\n`,
    )
    return failed.length === 0 ? 0 : 1
  })
}
