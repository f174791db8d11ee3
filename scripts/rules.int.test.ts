import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')
const CRUISER = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')

/** A small tree that breaks no rule. */
const CLEAN: Readonly<Record<string, string>> = {
  'src-shared/contract/index.ts': `export const version = 'v1'`,
  'src-main/cli/main.ts': `import { version } from '../../src-shared/contract/index.ts'\nconsole.log(version)`,
  'src-main/engine/main.ts': `import { runs } from './runs/index.ts'\nconsole.log(runs)`,
  'src-main/engine/runs/index.ts': `export { runs } from './service.ts'`,
  'src-main/engine/runs/service.ts': `import { keep } from '../storage/index.ts'\nimport type { Kept } from '../storage/storage.ts'\nexport const runs: Kept = keep`,
  'src-main/engine/storage/index.ts': `export { keep } from './keep.ts'`,
  'src-main/engine/storage/keep.ts': `import type { Kept } from './storage.ts'\nexport const keep: Kept = 1`,
  'src-main/engine/storage/storage.ts': `export type Kept = number`,
}

/** What breaks each rule: files that are added to the clean tree or stand in for its own. */
const PLANTED: readonly { rule: string; files: Readonly<Record<string, string>> }[] = [
  {
    rule: 'no-cycles',
    files: { 'src-main/engine/storage/storage.ts': `export type Kept = number\nexport { keep } from './keep.ts'` },
  },
  { rule: 'no-orphans', files: { 'src-main/engine/runs/forgotten.ts': 'export const nobody = 1' } },
  { rule: 'resolvable', files: { 'src-main/engine/main.ts': `import './runs/index.ts'\nimport './not-there.ts'` } },
  {
    rule: 'engine-without-electron',
    files: { 'src-main/engine/main.ts': `import './runs/index.ts'\nimport 'electron'` },
  },
  {
    rule: 'contract-only-zod',
    files: { 'src-shared/contract/index.ts': `import 'node:fs'\nexport const version = 'v1'` },
  },
  {
    rule: 'shared-without-sides',
    files: { 'src-shared/client/index.ts': `import '../../src-main/engine/runs/index.ts'` },
  },
  {
    rule: 'renderer-without-engine',
    files: { 'src-renderer/runs/list.ts': `import '../../src-main/engine/runs/index.ts'` },
  },
  {
    rule: 'sdk-alone',
    files: { 'sdk/typescript/src/index.ts': `import '../../../src-main/engine/runs/index.ts'` },
  },
  {
    rule: 'sdk-from-nowhere',
    files: {
      'src-main/engine/main.ts': `import './runs/index.ts'\nimport '../../sdk/typescript/src/index.ts'`,
      'sdk/typescript/src/index.ts': 'export {}',
    },
  },
  { rule: 'renderer-in-browsers', files: { 'src-renderer/main.tsx': `import 'node:fs'` } },
  {
    rule: 'kit-without-screens',
    files: { 'src-renderer/ui/Button.tsx': `import '../runs/list.ts'`, 'src-renderer/runs/list.ts': 'export {}' },
  },
  { rule: 'desktop-without-engine', files: { 'src-main/desktop/main.ts': `import '../engine/runs/index.ts'` } },
  {
    rule: 'main-without-renderer',
    files: {
      'src-main/engine/main.ts': `import './runs/index.ts'\nimport '../../src-renderer/list.ts'`,
      'src-renderer/list.ts': 'export {}',
    },
  },
  {
    rule: 'cli-without-engine',
    files: { 'src-main/cli/main.ts': `import '../engine/runs/index.ts'\nimport '../../src-shared/contract/index.ts'` },
  },
  { rule: 'supervisor-without-engine', files: { 'src-main/supervisor/main.ts': `import '../engine/runs/index.ts'` } },
  {
    rule: 'areas-through-index',
    files: { 'src-main/engine/runs/service.ts': `import '../storage/keep.ts'\nexport const runs = 1` },
  },
  {
    rule: 'composition-through-index',
    files: { 'src-main/engine/main.ts': `import './runs/index.ts'\nimport './storage/keep.ts'` },
  },
  { rule: 'interfaces-are-thin', files: { 'src-main/engine/runs/plan.ts': `import './service.ts'` } },
  { rule: 'core-is-pure', files: { 'src-main/engine/orchestrator/core/decide.ts': `import 'node:crypto'` } },
  {
    rule: 'code-without-tests',
    files: {
      'src-main/engine/runs/service.ts': `import './a.test.ts'\nexport const runs = 1`,
      'src-main/engine/runs/a.test.ts': 'export {}',
    },
  },
]

let tree: string

beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'weir-rules-'))
})
afterEach(() => rmSync(tree, { recursive: true, force: true }))

/** Names of the rules that a tree breaks. */
function brokenRules(files: Readonly<Record<string, string>>): string[] {
  for (const [path, text] of Object.entries({ ...CLEAN, ...files })) {
    mkdirSync(dirname(join(tree, path)), { recursive: true })
    writeFileSync(join(tree, path), `${text}\n`)
  }
  const folders = [
    'src-shared',
    'src-main',
    ...['src-renderer', 'sdk'].filter((folder) => Object.keys(files).some((path) => path.startsWith(folder))),
  ]
  const args = [CRUISER, '--config', join(ROOT, '.dependency-cruiser.cjs'), '--output-type', 'json', ...folders]
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: tree, encoding: 'utf8' })
  if (stdout === '') throw new Error(stderr)
  const { summary } = JSON.parse(stdout) as { summary: { violations: { rule: { name: string } }[] } }
  return summary.violations.map(({ rule }) => rule.name)
}

describe('dependency rules', () => {
  it('passes a tree that keeps them', () => {
    expect(brokenRules({})).toEqual([])
  })

  for (const { rule, files } of PLANTED) {
    it(`goes red: ${rule}`, () => {
      expect(brokenRules(files)).toContain(rule)
    })
  }

  it('lets tests share helpers across areas, and nothing else', () => {
    const helper = { 'src-main/engine/storage/testing/samples.ts': 'export const sample = 1' }
    const test = `import '../storage/testing/samples.ts'`
    expect(brokenRules({ ...helper, 'src-main/engine/runs/a.test.ts': test })).toEqual([])
    const shipped = `${test}\nexport const runs = 1`
    expect(brokenRules({ ...helper, 'src-main/engine/runs/service.ts': shipped })).toContain('code-without-tests')
  })

  it('plants a violation of every rule', async () => {
    const config = (await import(join(ROOT, '.dependency-cruiser.cjs'))) as {
      default: { forbidden: { name: string }[] }
    }
    expect(PLANTED.map(({ rule }) => rule).sort()).toEqual(config.default.forbidden.map(({ name }) => name).sort())
  })
})
