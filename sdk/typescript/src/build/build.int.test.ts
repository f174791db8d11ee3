import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Manifest } from '../../../../src-shared/contract/targets.ts'
import type { JsonObject, WireTarget } from '../protocol.ts'
import { ProjectFolder } from '../worker/testing/worker-process.ts'
import { Builder } from './builder.ts'
import { sourcesOf } from './sources.ts'
import type { BuildResult } from './thread.ts'

const folders: ProjectFolder[] = []
let builder: Builder | null = null

beforeEach(() => {
  builder = null
})
afterEach(async () => {
  await builder?.rest()
  for (const folder of folders.splice(0)) folder.remove()
})

async function build(files: { [path: string]: string }, modules = ['code.ts']): Promise<BuildResult> {
  const folder = new ProjectFolder().write(files)
  folders.push(folder)
  await builder?.rest()
  builder = new Builder(folder.path, `${folder.path}/.built`)
  const result = await builder.build(sourcesOf(modules, folder.path))
  for (const manifest of result.manifests) Manifest.parse(manifest)
  return result
}

const target = ({ manifests }: BuildResult, name: string): WireTarget => {
  const found = manifests.flatMap(({ targets }) => targets).find((one) => one.name === name)
  if (found === undefined) throw new Error(`no target ${name}`)
  return found
}

describe('manifests', () => {
  const TYPES = `
/** Compares models. */
import { asset, type Asset, Blob, Duration, type Handle, PlainDate, task, Tuple, workflow } from 'weir-sdk'

/** A score. */
interface Score {
  /** From 0 to 1 */
  value: number
  tags?: readonly string[]
  next: Score | null
}
enum Kind { small = 's', large = 'l' }
type Shape = { kind: 'circle'; r: number } | { kind: 'square'; side: number }
class Matrix { rows: number[][] = [] }

/**
 * Trains one model.
 *
 * With more to say.
 * @param x what it is trained with
 */
export const train = task(async (x: number, folds = 3, name = 'm', list: number[] = [1, 2], options: { deep?: boolean } = { deep: true }) => x)
export const types = task((
  a: string | null, b: boolean, c: 1 | 2, d: 'x' | 'y', e: Kind, f: [number, string?], g: Record<string, number>,
  h: Set<number>, i: Map<string, Date>, j: Map<number, string>, k: Uint8Array, l: bigint, m: Date | null, n: unknown, o: any,
  p: Shape, q: Score, r: PlainDate, s: Duration, t: Blob, u: Asset, v: Handle<number>, w: Matrix, x: () => void, y: number | string,
  z?: readonly number[], ...rest: Score[]
): void => undefined)
async function apart(x: number, unit: 'm' | 'km' = 'm'): Promise<Score[]> { return [] }
export const separate = workflow({ timeout: '5m' }, apart)
export const pair = task(() => [1, 'a'] as const)
`

  test('say names, types, defaults, comments and places', async () => {
    const result = await build({ 'code.ts': TYPES })
    expect(result.faults).toEqual([])
    expect(result.manifests[0]?.description).toBe('Compares models.')
    expect(target(result, 'train')).toMatchObject({
      kind: 'task',
      description: 'Trains one model.\n\nWith more to say.',
      source: { file: 'code.ts', line: 22 },
      result: { type: 'number' },
      parameters: [
        { name: 'x', schema: { type: 'number' }, required: true, description: 'what it is trained with' },
        { name: 'folds', schema: { type: 'number' }, required: false, default: 3 },
        { name: 'name', schema: { type: 'string' }, default: 'm' },
        { name: 'list', schema: { type: 'array', items: { type: 'number' } }, default: [1, 2] },
        { name: 'options', default: { deep: true } },
      ],
    })
    expect(target(result, 'separate')).toMatchObject({
      kind: 'workflow',
      options: { timeoutMs: 300_000 },
      parameters: [
        { name: 'x', required: true },
        { name: 'unit', schema: { type: 'string', enum: ['m', 'km'] }, default: 'm' },
      ],
      result: { type: 'array', items: { $ref: '#/$defs/Score' } },
    })
  })

  test('have schemas of all types', async () => {
    const { parameters } = target(await build({ 'code.ts': TYPES }), 'types')
    const schema = (name: string): JsonObject => parameters.find((one) => one.name === name)?.schema ?? {}
    expect(schema('a')).toEqual({ type: ['null', 'string'] })
    expect(schema('b')).toEqual({ type: 'boolean' })
    expect(schema('c')).toEqual({ type: 'number', enum: [1, 2] })
    expect(schema('d')).toEqual({ type: 'string', enum: ['x', 'y'] })
    expect(schema('e')).toEqual({ title: 'Kind', type: 'string', enum: ['s', 'l'] })
    expect(schema('f')).toMatchObject({ type: 'array', minItems: 1, maxItems: 2, items: false })
    expect(schema('g')).toMatchObject({ type: 'object', additionalProperties: { type: 'number' } })
    expect(schema('h')).toMatchObject({ type: 'array', uniqueItems: true, items: { type: 'number' } })
    expect(schema('i')).toMatchObject({ type: 'object', additionalProperties: { format: 'date-time' } })
    expect(schema('j')).toMatchObject({
      type: 'array',
      items: { prefixItems: [{ type: 'number' }, { type: 'string' }] },
    })
    expect(schema('k')).toMatchObject({ type: 'string', contentEncoding: 'base64' })
    expect(schema('l')).toMatchObject({ type: 'integer' })
    expect(schema('m')['anyOf']).toHaveLength(2)
    expect([schema('n'), schema('o'), schema('x')]).toEqual([{}, {}, {}])
    expect(schema('p')['anyOf']).toMatchObject([
      { properties: { kind: { enum: ['circle'] } } },
      { required: ['kind', 'side'] },
    ])
    expect(schema('q')).toMatchObject({ $ref: '#/$defs/Score', $defs: { Score: { required: ['value', 'next'] } } })
    expect(schema('r')).toMatchObject({ type: 'string', format: 'date' })
    expect(schema('s')).toMatchObject({ type: 'number', description: 'Seconds' })
    expect([schema('t')['title'], schema('u')['title'], schema('w')]).toEqual(['Blob', 'Asset', { title: 'Matrix' }])
    expect(schema('v')).toEqual({ type: 'number' })
    expect(schema('y')).toEqual({ type: ['string', 'number'] })
    expect(parameters.find(({ name }) => name === 'z')?.required).toBe(false)
    expect(parameters.at(-1)).toMatchObject({ name: 'rest', kind: 'variadic', required: false })
  })

  test('name what is wrong: syntax, a module that throws, an export without a name', async () => {
    const result = await build(
      {
        'code.ts': `import { task } from 'weir-sdk'\nexport default task(() => 1)\nexport const good = task(() => 2)`,
        'broken.ts': `export const x = {\n  a: 1,\n  b: }`,
        'throws.ts': `import { one } from './lib'\none()\nthrow new Error('no data')`,
        'lib.ts': 'export const one = () => 1',
        'missing.ts': `import 'no-such-package'`,
      },
      ['code.ts', 'broken.ts', 'throws.ts', 'missing.ts'],
    )
    const faults = new Map(result.faults.map(({ module, message }) => [module, message]))
    expect(faults.get('broken')).toMatch(/^broken\.ts:3:6: Unexpected "}"/)
    expect(faults.get('throws')).toMatch(/no data[\s\S]*throws\.ts:3:/)
    expect(faults.get('missing')).toMatch(/no-such-package/)
    expect(faults.get('code')).toContain('export const NAME = task(')
    expect(result.manifests.map(({ module, targets }) => [module, targets.map(({ name }) => name)])).toEqual([
      ['code', ['good']],
    ])
  })

  test('name a target where it is written, not where it is passed on', async () => {
    const result = await build(
      {
        'flows/code.ts': `import { task } from 'weir-sdk'\nexport const own = task(() => 1)`,
        'all.ts': `export { own } from './flows/code.ts'`,
      },
      ['all.ts', 'flows/code.ts'],
    )
    expect(result.manifests.map(({ module, targets }) => [module, targets.length])).toEqual([
      ['all', 0],
      ['code', 1],
    ])
  })
})

test('a folder stands for the modules in it', () => {
  const folder = new ProjectFolder().write({
    'flows/a.ts': '',
    'flows/b.mjs': '',
    'flows/a.test.ts': '',
    'flows/types.d.ts': '',
    'flows/deep/c.ts': '',
    'notes.txt': '',
  })
  folders.push(folder)
  expect(sourcesOf(['flows'], folder.path).map(({ module }) => module)).toEqual(['a', 'b'])
  expect(() => sourcesOf(['notes.txt'], folder.path)).toThrow('no TypeScript or JavaScript file')
  expect(() => sourcesOf(['gone.ts'], folder.path)).toThrow('gone.ts is not there')
})

describe('digests of code', () => {
  const FILES = {
    'code.ts': `
import { task, codec } from 'weir-sdk'
import { double, other } from './lib/math.ts'
import data from './data.json'
const limit = 3
// a comment
export const uses = task(async (x: number) => double(x) + limit + data.n)
export const apart = task({ retries: 1 }, async (x: number) => other(x))
`,
    'lib/math.ts': 'export const double = (x: number) => x * 2\nexport const other = (x: number) => x - 1\n',
    'data.json': '{"n": 1}',
  }
  const digests = async (changes: { [path: string]: string }): Promise<[string | null, string | null]> => {
    const result = await build({ ...FILES, ...changes })
    expect(result.faults).toEqual([])
    return [target(result, 'uses').code, target(result, 'apart').code]
  }
  const edited = (file: keyof typeof FILES, from: string, to: string): { [path: string]: string } => ({
    [file]: FILES[file].replace(from, to),
  })

  test('change with all that a function uses in its project, and with nothing else', async () => {
    const [uses, apart] = await digests({})
    expect(uses).toMatch(/^[0-9a-f]{64}$/)
    expect(await digests({})).toEqual([uses, apart]) // in another folder
    expect(await digests(edited('code.ts', '// a comment', '// another\n\n'))).toEqual([uses, apart])
    const unrelated = await digests(edited('code.ts', 'other(x))', 'other(x) + 1)'))
    expect([unrelated[0], unrelated[1] === apart]).toEqual([uses, false])
    const constant = await digests(edited('code.ts', 'limit = 3', 'limit = 4'))
    expect([constant[0] === uses, constant[1]]).toEqual([false, apart])
    const imported = await digests(edited('lib/math.ts', 'x * 2', 'x * 3'))
    expect([imported[0] === uses, imported[1]]).toEqual([false, apart])
    const json = await digests(edited('data.json', '1', '2'))
    expect([json[0] === uses, json[1]]).toEqual([false, apart])
  })
})
