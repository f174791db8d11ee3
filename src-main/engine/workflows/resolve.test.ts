import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AssetFile, Json } from '../../../src-shared/contract/index.ts'
import { canonicalJson } from '../../../src-shared/definition/index.ts'
import { explainMiss } from './cache-key.ts'
import { parseDefinition } from './definition.ts'
import { ExpressionError } from './expression.ts'
import type { ExpressionContext, Plan, PlanStep } from './plan.ts'
import { renderCommand } from './render.ts'
import { resolveItems, resolveMessage, resolveOutputs, resolveSleep, resolveStep, resolveWhen } from './resolve.ts'

const digest = (letter: string): string => letter.repeat(64)
const file = (path: string, letter = 'a'): AssetFile => ({ path, digest: digest(letter), size: 1 })
const asset = (name: string, ...files: AssetFile[]): Json => ({ kind: 'asset', name, files }) as Json

const context = (more: Partial<ExpressionContext> = {}): ExpressionContext => ({
  params: { year: 2012, rate: 0.5, list: [1, 2], token: 'hunter2', other: 1 },
  steps: { split: { status: 'succeeded', outputs: { parts: asset('parts', file('b.csv', 'b'), file('a.csv')) } } },
  run: { id: 'k7m2p9qx', workflow: 'weather', workspace: 'main' },
  ...more,
})

const HEAD = `name: weather
params:
  year: {type: integer}
  rate: {type: number}
  list: {type: array}
  token: {type: secret}
  other: {type: integer}
files: [lib]
steps:
  split: {run: x, outputs: {parts: {files: "*.csv"}}}
  s:
`
const FILES = [file('lib/a.py')]

function planOf(step: string, files = FILES): Plan {
  const { plan, problems } = parseDefinition(HEAD + step, files)
  if (!plan) throw new Error(JSON.stringify(problems))
  return plan
}
function stepOf(step: string, files = FILES): PlanStep {
  const found = planOf(step, files).steps.find((one) => one.name === 's')
  if (!found) throw new Error('no step')
  return found
}

describe('resolveWhen', () => {
  it('asks the condition', () => {
    expect(resolveWhen(stepOf('    run: x'), context())).toBe(true)
    expect(resolveWhen(stepOf('    when: params.year > 2000\n    run: x'), context())).toBe(true)
    expect(resolveWhen(stepOf('    when: ${{ params.year > 2020 }}\n    run: x'), context())).toBe(false)
  })

  it('refuses what is not true or false', () => {
    const step = stepOf('    when: params.list[0]\n    run: x')
    expect(() => resolveWhen(step, context())).toThrow(/`params.list\[0\]` in steps.s.when: .* not `1`/)
  })
})

describe('resolveItems', () => {
  it('takes lists, written or computed, and the files of an asset', () => {
    expect(resolveItems(stepOf('    run: x'), context())).toEqual([])
    expect(resolveItems(stepOf('    forEach: [a, "${{ params.year }}"]\n    run: x'), context())).toEqual(['a', 2012])
    expect(resolveItems(stepOf('    forEach: ${{ params.list.map(i, i + 1) }}\n    run: x'), context())).toEqual([2, 3])
    expect(resolveItems(stepOf('    forEach: ${{ steps.split.outputs.parts }}\n    run: x'), context())).toEqual([
      asset('parts', file('b.csv', 'b')),
      asset('parts', file('a.csv')),
    ])
  })

  it('refuses everything else', () => {
    const step = stepOf('    forEach: ${{ params.list[0] }}\n    run: x')
    expect(() => resolveItems(step, context())).toThrow(/a list or an asset, not `1`/)
    const map = stepOf(`    forEach: '\${{ {"a": params.list} }}'\n    run: x`)
    expect(() => resolveItems(map, context())).toThrow(ExpressionError)
  })
})

describe('resolveSleep, resolveMessage, resolveOutputs', () => {
  it.each<[string, number]>([
    ['10s', 10_000],
    ['1h30m', 5_400_000],
    ['"${{ params.year }}"', 2_012_000],
    ['"${{ params.rate }}"', 500],
    ['"${{ params.year }}ms"', 2012],
    ['"${{ duration(\'90m\') }}"', 5_400_000],
    ['"${{ item }}"', 7000],
  ])('sleeps %s', (text, ms) => {
    const forEach = text.includes('item') ? '    forEach: [7]\n' : ''
    expect(resolveSleep(stepOf(`${forEach}    sleep: ${text}`), context({ item: 7, index: 0 }))).toBe(ms)
  })

  it('refuses what is no duration', () => {
    expect(() => resolveSleep(stepOf('    sleep: "${{ params.list[0] - 5 }}"'), context())).toThrow(/no duration/)
    expect(() => resolveSleep(stepOf('    sleep: "${{ params.year }} years"'), context())).toThrow(/no duration/)
  })

  it('fills in messages, with inputs', () => {
    const step = stepOf(
      '    inputs: {y: "${{ params.year + 1 }}"}\n    approval: {message: "Publish ${{ inputs.y }}?"}',
    )
    expect(resolveMessage(step, context())).toBe('Publish 2013?')
  })

  it('fills in the result at any depth', () => {
    const plan = planOf('    run: x\noutputs:\n  a: {b: ["${{ params.year }}", "y${{ params.year }}"]}\n')
    expect(resolveOutputs(plan, context())).toEqual({ a: { b: [2012, 'y2012'] } })
  })
})

describe('commands', () => {
  it('of a list are handed over as they are, lists spread', () => {
    const given = context({ params: { a: "it's", list: ['x y', 1], none: null, map: { a: 1 } } })
    const command = [
      'echo',
      '${{ params.a }}',
      '${{ params.list }}',
      'l=${{ params.list }}',
      '${{ params.none }}',
      '${{ params.map }}',
    ]
    expect(renderCommand(command, given)).toEqual(['echo', "it's", 'x y', '1', 'l=["x y",1]', '', '{"a":1}'])
  })
})

describe('resolveStep', () => {
  const cached = '    inputs: {rate: "${{ params.rate }}", data: "${{ steps.split.outputs.parts }}"}\n    cache: true\n'
  const run = `${cached}    run: fit --year \${{ params.year }}\n    env: {T: "\${{ params.token }}"}\n`
  const partsOf = (step: PlanStep, given = context(), image: string | null = null) =>
    resolveStep(step, given, image).cache?.parts ?? {}

  it('evaluates inputs and the concurrency key', () => {
    const step = stepOf(
      `    inputs: {n: "\${{ params.year + 1 }}"}\n    run: x\n    concurrency: {key: "disk-\${{ inputs.n }}"}`,
    )
    expect(resolveStep(step, context(), null)).toEqual({
      inputs: { n: 2013 },
      concurrencyKey: 'disk-2013',
      cache: null,
    })
  })

  it('names the place of a failure', () => {
    const step = stepOf('    inputs: {a: {b: ["${{ params.list[9] }}"]}}\n    run: x')
    expect(() => resolveStep(step, context(), null)).toThrow(/in steps.s.inputs.a.b\[0\]: /)
  })

  it('makes a key of everything that counts, and of nothing else', () => {
    const step = stepOf(run)
    const key = (given: ExpressionContext, image: string | null = null, of = step) =>
      resolveStep(of, given, image).cache?.key
    const base = key(context())
    expect(key(context())).toBe(base)
    expect(key(context({ run: { ...context().run, id: 'aaaaaaaa' } }))).toBe(base)
    expect(key(context({ params: { ...context().params, other: 2 } }))).toBe(base)
    expect(key(context({ params: { ...context().params, token: 'changed' } }))).toBe(base)
    expect(key(context({ params: { ...context().params, rate: 0.6 } }))).not.toBe(base)
    expect(key(context({ params: { ...context().params, year: 2013 } }))).not.toBe(base)
    expect(key(context({ run: { ...context().run, workflow: 'other' } }))).not.toBe(base)
    expect(key(context(), digest('f'))).not.toBe(base)
    expect(key(context(), null, stepOf(run.replace('fit', 'fit2')))).not.toBe(base)
    expect(key(context(), null, stepOf(run.replace('{T:', '{U:')))).not.toBe(base)
    expect(key(context(), null, stepOf(run.replace('cache: true', 'cache: {version: "2"}')))).not.toBe(base)
    expect(key(context(), null, stepOf(run, [file('lib/a.py', 'c')]))).not.toBe(base)
    expect(key(context(), null, stepOf(run.replace('cache: true', 'cache: {maxAge: 1d}')))).toBe(base)
  })

  it('sees an asset by its files, not by name or order', () => {
    const step = stepOf(run)
    const withParts = (parts: Json) =>
      partsOf(step, context({ steps: { split: { status: 'succeeded', outputs: { parts } } } }))['input.data']
    const base = withParts(asset('parts', file('b.csv', 'b'), file('a.csv')))
    expect(withParts(asset('renamed', file('a.csv'), file('b.csv', 'b')))).toBe(base)
    expect(withParts(asset('parts', file('a.csv'), file('b.csv', 'c')))).not.toBe(base)
    expect(withParts(asset('parts', file('a.csv'), file('c.csv', 'b')))).not.toBe(base)
  })

  it('counts only the chosen inputs', () => {
    const step = stepOf(run.replace('cache: true', 'cache: {params: [data]}'))
    expect(Object.keys(partsOf(step)).sort()).toEqual([
      'code',
      'image',
      'input.data',
      'read.params.year',
      'step',
      'version',
      'workflow',
    ])
  })

  it('counts the item that a command reads past the inputs', () => {
    const step = stepOf('    forEach: [1, 2]\n    run: fit ${{ item }}\n    cache: true\n')
    const key = (item: Json) => resolveStep(step, context({ item, index: 0 }), null).cache?.key
    expect(key(1)).not.toBe(key(2))
  })

  it('makes keys that do not depend on the order of keys', () => {
    const step = stepOf('    inputs: {a: "${{ params.list }}"}\n    run: x\n    cache: true')
    const key = (value: Json) => resolveStep(step, context({ params: { list: value } }), null).cache?.key
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), (map) => {
        const reversed = Object.fromEntries(Object.entries(map).reverse())
        expect(key(map as Json)).toBe(key(reversed as Json))
        expect(JSON.parse(canonicalJson(map as Json))).toEqual(JSON.parse(JSON.stringify(map)))
      }),
    )
  })

  it('explains a miss field by field', () => {
    const now = partsOf(stepOf(run))
    const earlier = (step: string, given = context(), image: string | null = null) => ({
      parts: partsOf(stepOf(step), given, image),
      execution: 'k7m2p9qx:fit:1',
      at: 0,
    })
    expect(explainMiss(now, null)).toMatch(/no earlier execution/)
    const changed = context({ params: { ...context().params, rate: 1, year: 1 } })
    expect(explainMiss(now, earlier(run, changed))).toBe(
      'input `rate` changed, `params.year` changed since k7m2p9qx:fit:1',
    )
    expect(explainMiss(now, earlier(run.replace('fit', 'fit2')))).toMatch(/^the code .* changed since k7m2p9qx:fit:1$/)
    expect(explainMiss(now, earlier(run, context(), 'sha256:1'))).toBe('the image changed since k7m2p9qx:fit:1')
    expect(explainMiss(now, earlier(run.replace('rate: "${{ params.rate }}", ', '')))).toBe(
      'input `rate` is new since k7m2p9qx:fit:1',
    )
    expect(explainMiss(now, earlier(run))).toMatch(/too old or in no reachable workspace/)
  })
})
