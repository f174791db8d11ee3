import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqlite, type ProjectStorage } from '../storage/index.ts'
import { ModuleRegistry } from './registry.ts'
import { manifest, parameter, target } from './testing/samples.ts'

const CHAINS: Record<string, string[]> = { dev: ['dev', 'main'], other: ['other', 'main'] }
const CODE = 'b'.repeat(64)

let folder: string
let storage: ProjectStorage
let registry: ModuleRegistry

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-targets-'))
  open()
})
afterEach(async () => {
  await storage.close()
  rmSync(folder, { recursive: true, force: true })
})

function open(): void {
  storage = openSqlite(join(folder, 'project.db'))
  registry = new ModuleRegistry({ storage, chainOf: (workspace) => CHAINS[workspace] ?? [workspace], now: () => 7 })
}

const one = manifest(
  'digits',
  target('compare', { source: { file: 'digits.py', line: 3 } }),
  target('train', { kind: 'task' }),
)
const two = manifest('digits', target('compare', { code: CODE }), target('train', { kind: 'task' }))
const three = manifest('digits', target('compare'), target('score', { kind: 'task' }))

const newest = async (workspace: string): Promise<number | undefined> =>
  (await registry.newest(workspace, 'digits'))?.version

describe('declare', () => {
  it('numbers versions over all workspaces, and keeps the number of what is the same', async () => {
    expect(await registry.declare('main', [one], 'never')).toEqual({ digits: 1 })
    expect(await registry.declare('main', [one], 'always')).toEqual({ digits: 1 })
    expect(await registry.declare('dev', [one], 'always')).toEqual({ digits: 1 })
    expect(await registry.declare('dev', [two], 'always')).toEqual({ digits: 2 })
    expect(await registry.declare('main', [three], 'once')).toEqual({ digits: 3 })
    // Its own newest is another one: it is registered anew, though main had it.
    expect(await registry.declare('dev', [one], 'always')).toEqual({ digits: 4 })
    expect([await newest('main'), await newest('dev'), await newest('other')]).toEqual([3, 4, 3])
    await storage.close()
    open()
    expect(await registry.version('digits', 2)).toMatchObject({ version: 2, workspace: 'dev', at: 7, manifest: two })
    expect(await registry.version('digits', 9)).toBeNull()
    expect(await newest('dev')).toBe(4)
  })

  it('does not take a moved line for a change', async () => {
    await registry.declare('main', [one], 'once')
    const moved = manifest(
      'digits',
      ...one.targets.map((each) => ({ ...each, source: { file: 'digits.py', line: 99 } })),
    )
    expect(await registry.declare('main', [moved], 'never')).toEqual({ digits: 1 })
  })

  it('refuses what is not registered, with what differs', async () => {
    await registry.declare('main', [one], 'once')
    await expect(registry.declare('dev', [two], 'never')).rejects.toMatchObject({
      code: 'module_unregistered',
      message: 'The module digits is not version 1, which is the registered one: compare: its code changed.',
    })
    await expect(registry.declare('main', [three], 'never')).rejects.toThrow(/score is new, train is gone/)
    const asked = manifest('digits', target('compare', { parameters: [parameter('x')], options: { timeoutMs: 5 } }))
    await expect(registry.declare('main', [asked], 'never')).rejects.toThrow(/its parameters and options changed/)
    expect(await newest('main')).toBe(1)
  })

  it('makes a workflow of each workflow target, for each version, and none of tasks', async () => {
    await registry.declare('main', [one], 'once')
    await registry.declare('dev', [two], 'always')
    const versions = await storage.workflowVersions('compare', null, 9)
    expect(versions.map(({ version, origin }) => [version, origin?.version, origin?.workspace])).toEqual([
      [2, 2, 'dev'],
      [1, 1, 'main'],
    ])
    expect(await storage.workflow('train')).toBeNull()
    await storage.deleteWorkflow('compare')
    await registry.declare('main', [one], 'never')
    expect((await storage.workflow('compare'))?.origin).toMatchObject({ version: 1, workspace: 'main' })
  })

  it('registers all or nothing', async () => {
    const taken = manifest('other', target('compare'))
    await expect(registry.declare('main', [one, taken], 'once')).rejects.toMatchObject({ code: 'module_conflict' })
    expect(await newest('main')).toBeUndefined()
    await expect(registry.declare('main', [one, two], 'once')).rejects.toThrow(/declared twice/)
    const twins = manifest('digits', target('a'), target('a'))
    await expect(registry.declare('main', [twins], 'once')).rejects.toThrow(/two targets of the name a/)
  })

  it('gives calls that come at once numbers of their own', async () => {
    const many = Array.from({ length: 20 }, (_, n) =>
      registry.declare('main', [manifest('digits', target('compare', { options: { timeoutMs: n + 1 } }))], 'always'),
    )
    const numbers = (await Promise.all(many)).map(({ digits }) => digits)
    expect(numbers).toEqual(Array.from({ length: 20 }, (_, n) => n + 1))
  })
})
