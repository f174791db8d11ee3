import { describe, expect, it } from 'vitest'
import { type Json, TargetOptions } from '../contract/index.ts'
import { defaultText, firstParagraph, optionWords, schemaText, spanText } from './words.ts'

it.each([
  [0, 'no time'],
  [250, '250 ms'],
  [1500, '1 s 500 ms'],
  [5_400_000, '1 h 30 min'],
  [90_061_000, '1 d 1 h'],
])('%d ms are %s', (ms, text) => {
  expect(spanText(ms)).toBe(text)
})

describe('optionWords', () => {
  const words = (options: object) =>
    optionWords(TargetOptions.parse(options)).map(({ name, text }) => `${name}: ${text}`)

  it('says nothing of what is not set', () => {
    expect(words({})).toEqual([])
    expect(words({ retries: { limit: 0 }, delayMs: 0, priority: 0, requires: [], isolation: 'process' })).toEqual([])
  })

  it.each([
    [{ retries: { limit: 3 } }, 'Retries: Up to 3 times after failures, after 1 s.'],
    [{ retries: { limit: 1, minDelayMs: 0 } }, 'Retries: Once more after a failure, at once.'],
    [
      { retries: { limit: null, minDelayMs: 1000, maxDelayMs: 60_000, backoff: 'random' } },
      'Retries: As often as it takes, after 1 s to 1 min, at random.',
    ],
    [
      { retries: { limit: 2, minDelayMs: 1000, maxDelayMs: 5000 } },
      'Retries: Up to 2 times after failures, after 1 s, growing to 5 s.',
    ],
    [{ timeoutMs: 90_000 }, 'Timeout: An attempt that takes longer than 1 min 30 s is ended.'],
    [{ cache: {} }, 'Cache: Uses an earlier result with the same arguments and code.'],
    [
      { cache: { parameters: ['folds'], maxAgeMs: 3_600_000, code: false, namespace: 'n' } },
      'Cache: Uses an earlier result with the same folds, not older than 1 h. Shares results with all targets of n.',
    ],
    [{ memo: {} }, "Memo: A second call in the same run with the same arguments gets the first one's step."],
    [{ recurrent: {} }, 'Recurrent: Runs again until it returns something.'],
    [{ requires: ['gpu', 'region=eu'] }, 'Needs: Only on workers that offer gpu, region=eu.'],
    [{ priority: -5 }, 'Priority: −5 to that of the run; higher goes first.'],
    [{ concurrency: { limit: 2, parameters: ['host'] } }, 'Concurrency: At most 2 at once with the same host.'],
    [{ isolation: 'shared' }, 'Isolation: Shares a warm process with others.'],
    [{ delayMs: 1000 }, 'Delay: Waits 1 s before it begins.'],
  ])('%j', (options, text) => {
    expect(words(options)).toEqual([text])
  })
})

it.each<[{ [key: string]: Json }, string]>([
  [{}, 'anything'],
  [{ type: 'integer' }, 'integer'],
  [{ type: ['integer', 'null'] }, 'integer or null'],
  [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'string or null'],
  [{ type: 'array', items: { type: 'number' } }, 'list of number'],
  [{ type: 'object', additionalProperties: { type: 'integer' } }, 'map of integer'],
  [{ type: 'object', title: 'Score' }, 'Score'],
  [{ type: 'string', format: 'date' }, 'date'],
  [{ enum: ['a', 1] }, 'one of a, 1'],
  [{ const: 'x' }, '"x"'],
  [{ $defs: { s: { title: 'Score', type: 'object' } }, type: 'array', items: { $ref: '#/$defs/s' } }, 'list of Score'],
  [{ $ref: '#/$defs/none' }, 'none'],
])('%j is %s', (schema, text) => {
  expect(schemaText(schema)).toBe(text)
})

it('ends for a schema that refers to itself', () => {
  expect(schemaText({ $defs: { n: { anyOf: [{ $ref: '#/$defs/n' }] } }, $ref: '#/$defs/n' })).toContain('…')
})

it('says what holds when an argument is left out', () => {
  const of = (fields: object) => defaultText({ name: 'x', kind: 'positional', schema: {}, required: false, ...fields })
  expect(of({ required: true })).toBeNull()
  expect(of({})).toBe('as the code says')
  expect(of({ default: 'a' })).toBe('"a"')
  expect(of({ default: null })).toBe('null')
  expect(of({ kind: 'variadic' })).toBe('none or more')
})

it('takes the first paragraph of a doc comment', () => {
  expect(firstParagraph('Trains\n a model.\n\nSlowly.')).toBe('Trains a model.')
})
