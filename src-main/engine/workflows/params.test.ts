import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AssetFile, AssetValue, Json, Param } from '../../../src-shared/contract/index.ts'
import { checkAnswers, checkParams } from './params.ts'
import type { Plan } from './plan.ts'

const digest = 'a'.repeat(64)
const file = (path: string): AssetFile => ({ path, digest, size: 1 })
const files = [file('data/a.csv'), file('data/sub/b.csv'), file('readme.md')]
const asset = (...paths: string[]): AssetValue => ({ kind: 'asset', name: 'x', files: paths.map(file) })

const planWith = (params: Record<string, Param>): Plan => ({
  digest,
  name: 'w',
  description: null,
  params,
  files,
  steps: [],
  outputs: {},
  priority: 0,
})

const check = (param: Param, given?: Json) =>
  checkParams(planWith({ p: param }), given === undefined ? {} : { p: given })

describe('checkParams', () => {
  it.each<[Param, Json, Json]>([
    [{ type: 'integer' }, 2012, 2012],
    [{ type: 'integer' }, '2012', 2012],
    [{ type: 'integer' }, '-3', -3],
    [{ type: 'number' }, '1.5e3', 1500],
    [{ type: 'boolean' }, 'true', true],
    [{ type: 'boolean' }, false, false],
    [{ type: 'string' }, '2012', '2012'],
    [{ type: 'array' }, '[1, 2]', [1, 2]],
    [{ type: 'array', items: { type: 'integer' } }, [1], [1]],
    [{ type: 'object' }, '{"a": 1}', { a: 1 }],
    [
      { type: 'object', properties: { a: { type: 'integer' } } },
      { a: 1, b: 2 },
      { a: 1, b: 2 },
    ],
    [{ type: 'string', enum: ['a', 'b'] }, 'b', 'b'],
    [{ type: 'integer', enum: [1, 2] }, '2', 2],
    [
      { type: 'object', enum: [{ a: 1, b: 2 }] },
      { b: 2, a: 1 },
      { b: 2, a: 1 },
    ],
    [{ type: 'json' }, { a: [null] }, { a: [null] }],
    [{ type: 'json' }, '12', '12'],
    [{ type: 'json', schema: { type: 'integer' } }, '12', 12],
    [{ type: 'json', schema: { anyOf: [{ type: 'integer' }, { type: 'string' }] } }, '12', '12'],
    [{ type: 'json', schema: { type: ['integer', 'null'] }, default: 5 }, null, null],
    [{ type: 'json', schema: { type: 'integer' }, default: 5 }, null, 5],
    [{ type: 'json', schema: { type: 'string', format: 'date' } }, '2026-11-21', '2026-11-21'],
    [
      { type: 'json', schema: { $defs: { p: { type: 'object', required: ['x'] } }, $ref: '#/$defs/p' } },
      '{"x": 1}',
      { x: 1 },
    ],
    [{ type: 'json', schema: { type: 'string', format: 'no-such-format', 'x-own': 1 } }, 'a', 'a'],
    [
      { type: 'json', schema: { type: 'string' } },
      { $weir: 'bytes', base64: '' },
      { $weir: 'bytes', base64: '' },
    ],
    [{ type: 'json', default: { $weir: 'absent' } }, null, null],
    [{ type: 'integer', default: { $weir: 'absent' } }, undefined as never, { $weir: 'absent' }],
    [
      { type: 'integer' },
      { $weir: 'integer', value: '9007199254740993' },
      { $weir: 'integer', value: '9007199254740993' },
    ],
    [{ type: 'number' }, { $weir: 'float', value: 'NaN' }, { $weir: 'float', value: 'NaN' }],
    [{ type: 'string', pattern: '^\\d+$' }, '42', '42'],
    [{ type: 'string', minLength: 2, maxLength: 2 }, '😀😀', '😀😀'],
    [{ type: 'integer', minimum: 1, maximum: 3 }, 3, 3],
    [{ type: 'file' }, asset('a.csv') as Json, asset('a.csv') as Json],
    [{ type: 'directory' }, asset('a', 'b/c') as Json, asset('a', 'b/c') as Json],
    [{ type: 'file', multiple: true }, asset('a.csv', 'b.csv') as Json, asset('a.csv', 'b.csv') as Json],
    [{ type: 'file' }, './data/a.csv', { kind: 'asset', name: 'p', files: [file('a.csv')] } as Json],
    [{ type: 'directory' }, 'data/', { kind: 'asset', name: 'p', files: [file('a.csv'), file('sub/b.csv')] } as Json],
    [{ type: 'directory' }, '.', { kind: 'asset', name: 'p', files } as Json],
  ])('%j takes %j', (param, given, value) => {
    expect(check(param, given)).toEqual({ values: { p: value }, secrets: [], problems: [] })
  })

  it.each<[Param, Json, RegExp]>([
    [{ type: 'integer' }, '20x', /whole number, not `20x`/],
    [{ type: 'integer' }, 1.5, /whole number/],
    [{ type: 'integer' }, '', /whole number/],
    [{ type: 'integer' }, '0x10', /whole number/],
    [{ type: 'integer' }, 2 ** 53, /whole number/],
    [{ type: 'number' }, 'NaN', /a number/],
    [{ type: 'boolean' }, 'yes', /true or false/],
    [{ type: 'string' }, 5, /a text/],
    [{ type: 'array' }, '{"a": 1}', /a list/],
    [{ type: 'array' }, '[1', /a list/],
    [{ type: 'object' }, [1], /a map/],
    [{ type: 'array', items: { type: 'integer' } }, [1, 'x'], /`1` must be integer/],
    [
      { type: 'object', properties: { a: { pattern: '^(a+)+$' } } },
      { a: `${'a'.repeat(5000)}b` },
      /`a` must match pattern/,
    ],
    [{ type: 'string', enum: ['a', 'b'] }, 'c', /none of `a`, `b`/],
    [{ type: 'string', pattern: '^(a+)+$' }, `${'a'.repeat(50_000)}b`, /does not match/],
    [{ type: 'string', minLength: 2 }, 'a', /fewer than 2/],
    [{ type: 'integer', maximum: 3 }, 4, /more than 3/],
    [{ type: 'file' }, asset('a', 'b') as Json, /one file, but the asset has 2/],
    [{ type: 'file' }, 'nothing.csv', /not among the workflow's files/],
    [{ type: 'directory' }, 'nothing', /no file of the workflow lies in/],
    [{ type: 'file' }, 5, /a file/],
    [{ type: 'file' }, { kind: 'asset' }, /a file/],
  ])('%j refuses %.40j', (param, given, message) => {
    const { values, problems } = check(param, given)
    expect(values).toEqual({})
    expect(problems).toHaveLength(1)
    expect(problems[0]?.field).toBe('p')
    expect(problems[0]?.message).toMatch(message)
  })

  it('fills in defaults, and null for what need not be given', () => {
    const plan = planWith({
      year: { type: 'integer', default: 2012 },
      data: { type: 'file', default: 'data/a.csv' },
      note: { type: 'string', required: false },
    })
    expect(checkParams(plan, {})).toEqual({
      values: { year: 2012, data: { kind: 'asset', name: 'data', files: [file('a.csv')] }, note: null },
      secrets: [],
      problems: [],
    })
    expect(checkParams(plan, { year: null }).values['year']).toBe(2012)
  })

  it('asks for what is required', () => {
    expect(check({ type: 'string', description: 'The station' }).problems).toEqual([
      { field: 'p', message: '`p` is required', fix: 'Give it a value: The station.' },
    ])
    expect(check({ type: 'string', required: true, default: 'x' }).problems).toEqual([])
  })

  it('refuses unknown names, also those of every object', () => {
    const plan = planWith({ year: { type: 'integer', default: 1 } })
    expect(checkParams(plan, { yaer: 1 }).problems).toEqual([
      { field: 'yaer', message: 'unknown parameter `yaer`', fix: 'Did you mean `year`?' },
    ])
    expect(checkParams(plan, { constructor: 1 }).problems).toHaveLength(1)
  })

  it('names secrets, and never shows them', () => {
    const plan = planWith({ token: { type: 'secret', minLength: 20 }, other: { type: 'secret', required: false } })
    expect(checkParams(plan, { token: 'x'.repeat(20) }).secrets).toEqual(['token'])
    const { problems } = checkParams(plan, { token: 'hunter2' })
    expect(JSON.stringify(problems)).not.toContain('hunter2')
    expect(JSON.stringify(checkParams(plan, { token: 12345678 }).problems)).not.toContain('12345678')
  })

  it('refuses a value that is nested too deep', () => {
    const deep = JSON.parse('['.repeat(5000) + ']'.repeat(5000)) as Json
    expect(check({ type: 'array' }, deep).problems[0]?.message).toMatch(/nested deeper/)
    expect(check({ type: 'array' }, JSON.stringify([[[]]])).problems).toEqual([])
  })

  it('gives a value for every parameter, or says why not', () => {
    const types = ['string', 'integer', 'number', 'boolean', 'array', 'object', 'file', 'directory', 'secret'] as const
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.jsonValue(), (type, value) => {
        const { values, problems } = checkParams(planWith({ p: { type, required: false } }), { p: value as Json })
        expect(Object.hasOwn(values, 'p')).toBe(problems.length === 0)
      }),
    )
  })
})

describe('checkAnswers', () => {
  it('works like parameters, without files of the workflow', () => {
    const form: Record<string, Param> = { title: { type: 'string' }, count: { type: 'integer', default: 1 } }
    expect(checkAnswers(form, { title: 'a' }).values).toEqual({ title: 'a', count: 1 })
    expect(checkAnswers(form, { titel: 'a' }).problems.map((problem) => problem.message)).toEqual([
      'unknown field `titel`',
      '`title` is required',
    ])
  })
})
