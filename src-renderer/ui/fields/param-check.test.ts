import { describe, expect, it } from 'vitest'
import type { Json, Param } from '../../../src-shared/contract/index.ts'
import { ProblemError } from '../../../src-shared/contract/index.ts'
import { problemsOfAnswer } from './answered.ts'
import { jsonFault } from './json-fault.ts'
import { limitsInWords, numberOf, readParam, readParams } from './param-check.ts'
import { withoutSecrets } from './param-values.ts'
import { loadPatterns } from './patterns.ts'

const digest = 'a'.repeat(64)
const asset = (...paths: string[]): Json => ({
  kind: 'asset',
  name: 'x',
  files: paths.map((path) => ({ path, digest, size: 1 })),
})

describe('readParam', () => {
  it.each<[Param, Json | undefined, Json | undefined]>([
    [{ type: 'integer' }, '12', 12],
    [{ type: 'integer' }, ' +12 ', 12],
    [{ type: 'number' }, '1.5e3', 1500],
    [{ type: 'number' }, '−2.5', -2.5],
    [{ type: 'boolean' }, false, false],
    [{ type: 'string' }, 'a', 'a'],
    [{ type: 'string', default: 'x' }, '', ''],
    [{ type: 'string', required: false }, '', undefined],
    [{ type: 'string', default: 'x' }, undefined, undefined],
    [{ type: 'string', default: 'x', required: true }, undefined, undefined],
    [{ type: 'array' }, '[1, 2]', [1, 2]],
    [{ type: 'object' }, '{"a": 1}', { a: 1 }],
    [{ type: 'object', default: {} }, '  ', undefined],
    [
      { type: 'object', enum: [{ a: 1, b: 2 }] },
      { b: 2, a: 1 },
      { b: 2, a: 1 },
    ],
    [{ type: 'string', minLength: 2, maxLength: 2 }, '😀😀', '😀😀'],
    [{ type: 'json' }, '{"a": 1}', { a: 1 }],
    [{ type: 'json' }, 'a word', 'a word'],
    [{ type: 'json', schema: { type: ['integer', 'null'] } }, 'null', null],
    [{ type: 'json', schema: { type: 'string', format: 'date' } }, '2026-11-21', '2026-11-21'],
    [{ type: 'json', schema: { type: 'string' } }, '12', '12'],
    [{ type: 'json', default: { $weir: 'absent' } }, undefined, undefined],
    [{ type: 'integer', default: { $weir: 'absent' } }, '', undefined],
    [{ type: 'file' }, asset('a.csv'), asset('a.csv')],
    [{ type: 'directory' }, asset('a', 'b/c'), asset('a', 'b/c')],
  ])('%j takes %j', (param, given, value) => {
    expect(readParam(param, given)).toEqual({ value })
  })

  it.each<[Param, Json | undefined, RegExp]>([
    [{ type: 'integer' }, '1.5', /whole number/],
    [{ type: 'integer' }, '0x10', /whole number/],
    [{ type: 'integer' }, '9007199254740993', /up to/],
    [{ type: 'number' }, '1,000.5', /a number/],
    [{ type: 'number', minimum: 0 }, '-1', /at least 0/],
    [{ type: 'integer', maximum: 3 }, '4', /at most 3/],
    [{ type: 'string', minLength: 3 }, 'ab', /at least 3 characters; it has 2/],
    [{ type: 'string', maxLength: 1 }, 'ab', /at most 1 character; it has 2/],
    [{ type: 'string', enum: ['a', 'b'] }, 'c', /one of a, b/],
    [{ type: 'array' }, '{"a": 1}', /a list/],
    [{ type: 'object' }, '[1]', /an object/],
    [{ type: 'array' }, '[1,\n2', /line 2, column 2/],
    [{ type: 'json' }, '{"a": ', /no JSON yet/],
    [{ type: 'json', schema: { type: ['integer', 'null'] } }, 'x', /a whole number or null/],
    [
      { type: 'json', schema: { type: 'array', items: { type: 'integer' } } },
      '[1, "a"]',
      /^Entry 2: This must be a whole number/,
    ],
    [{ type: 'json' }, '', /Fill in a value/],
    [{ type: 'file' }, asset('a', 'b'), /one file/],
    [{ type: 'string' }, '', /Fill this in/],
    [{ type: 'file' }, undefined, /Choose a file/],
    [{ type: 'secret' }, '', /Fill this in/],
  ])('%j refuses %j', (param, given, problem) => {
    expect(readParam(param, given)).toMatchObject({ problem: expect.stringMatching(problem) })
  })

  it('looks for patterns as the engine does, also hostile ones', async () => {
    await loadPatterns()
    const hostile: Param = { type: 'string', pattern: '^(a+)+$' }
    expect(readParam(hostile, `${'a'.repeat(5000)}b`)).toMatchObject({ problem: expect.stringContaining('must match') })
    expect(readParam(hostile, 'aaa')).toEqual({ value: 'aaa' })
    expect(readParam({ type: 'string', pattern: '\\d' }, 'a1')).toEqual({ value: 'a1' })
  })
})

describe('a form', () => {
  const params: Record<string, Param> = {
    year: { type: 'integer', default: 2012 },
    station: { type: 'string' },
    token: { type: 'secret' },
  }

  it('is read as a whole; defaults are left to the engine', () => {
    expect(readParams(params, { station: 'SEA', token: 'x', gone: 1 })).toEqual({
      params: { station: 'SEA', token: 'x' },
      problems: {},
    })
    expect(Object.keys(readParams(params, { year: 'x' }).problems)).toEqual(['year', 'station', 'token'])
  })

  it('keeps no secrets', () => {
    expect(withoutSecrets(params, { station: 'SEA', token: 'x', gone: 1 })).toEqual({ station: 'SEA' })
  })

  it('shows what the engine said at the field', () => {
    const error = new ProblemError('params_invalid', 'The parameters do not fit: year: `year` 5 is less than 9', {
      field: 'body.params.year',
      problems: [
        { field: 'year', message: '`year` 5 is less than 9' },
        { field: 'station', message: '`station` is required', fix: 'Give it a value.' },
      ],
    })
    expect(problemsOfAnswer(error)).toEqual({
      year: 'Year 5 is less than 9.',
      station: 'Station is required. Give it a value.',
    })
    expect(problemsOfAnswer(new ProblemError('params_invalid', 'no', { field: 'body.params.a' }))).toEqual({ a: 'No.' })
    expect(problemsOfAnswer(new Error('x'))).toEqual({})
  })
})

describe('numberOf', () => {
  it('reads the comma where that is the custom, and no thousands', () => {
    expect(numberOf('1,5', ',')).toBe(1.5)
    expect(numberOf('1.5', ',')).toBe(1.5)
    expect(numberOf('1.000,5', ',')).toBeNaN()
    expect(numberOf('1,5', '.')).toBeNaN()
  })
})

describe('jsonFault', () => {
  it('says where', () => {
    expect(jsonFault('[1]')).toBeNull()
    expect(jsonFault('{\n  "a": x\n}')).toMatchObject({ line: 2, column: 8 })
    expect(jsonFault('{"a": 1')).toMatchObject({ line: 1, column: 8 })
    expect(jsonFault('')).toMatchObject({ line: 1, column: 1, message: expect.stringContaining('too early') })
  })
})

it('says limits in words', () => {
  expect(limitsInWords({ type: 'number', minimum: 0, maximum: 1 })).toBe('0 to 1')
  expect(limitsInWords({ type: 'string', minLength: 1 })).toBeNull()
  expect(limitsInWords({ type: 'string', maxLength: 5, pattern: '^a' })).toBe('at most 5 characters, matches ^a')
})
