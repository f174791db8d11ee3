import { describe, expect, it } from 'vitest'
import type { Json } from '../../../src-shared/contract/index.ts'
import { choicesOf, exampleOf, faultInWords, isLine, schemaFault } from './schema-check.ts'

const SPLIT = {
  type: 'object',
  properties: { train: { type: 'number', minimum: 0 }, seed: { anyOf: [{ type: 'integer' }, { type: 'null' }] } },
  required: ['train'],
  additionalProperties: false,
}

const words = (schema: { [key: string]: Json }, value: Json): string | null => {
  const fault = schemaFault(schema, value)
  return fault === null ? null : faultInWords(fault)
}

describe('schemaFault', () => {
  it.each<[{ [key: string]: Json }, Json]>([
    [{}, { a: 1 }],
    [{ type: 'integer' }, 3],
    [{ type: ['integer', 'null'] }, null],
    [SPLIT, { train: 0.5, seed: null }],
    [{ type: 'array', items: { type: 'integer' } }, [1, 2]],
    [{ type: 'string', format: 'date' }, '2026-11-21'],
    [{ $defs: { n: { type: 'integer' } }, $ref: '#/$defs/n' }, 1],
    [{ type: 'string', 'x-own': 1, format: 'unheard-of' }, 'a'],
    [{ $defs: { n: { anyOf: [{ $ref: '#/$defs/n' }] } }, $ref: '#/$defs/n' }, 1],
  ])('%j takes %j', (schema, value) => {
    expect(words(schema, value)).toBeNull()
  })

  it.each<[{ [key: string]: Json }, Json, string]>([
    [{ type: 'integer' }, 1.5, 'This must be a whole number.'],
    [{ type: ['integer', 'null'] }, 'a', 'This must be a whole number or null.'],
    [{ enum: ['a', 1] }, 'b', 'This must be one of a, 1.'],
    [SPLIT, {}, 'This needs the field train.'],
    [SPLIT, { train: -1 }, 'train must be at least 0.'],
    [SPLIT, { train: 1, seed: 'x' }, 'seed must be a whole number, or must be null.'],
    [SPLIT, { train: 1, tset: 2 }, 'This has no field tset.'],
    [{ type: 'array', items: SPLIT }, [{ train: 1 }, { train: 'x' }], '[1].train must be a number.'],
    [{ type: 'array', minItems: 1 }, [], 'This needs at least 1 item.'],
    [{ type: 'string', maxLength: 1 }, 'ab', 'This may have at most 1 character.'],
    [{ type: 'string', format: 'date' }, 'tomorrow', 'This must be a date such as 2026-11-21.'],
    [{ anyOf: [SPLIT, { type: 'null' }] }, { train: 'x' }, 'train must be a number.'],
    [{ exclusiveMinimum: 0 }, 0, 'This must be more than 0.'],
  ])('%j refuses %j', (schema, value, text) => {
    expect(words(schema, value)).toBe(text)
  })
})

it('finds the values of a schema that lists them', () => {
  expect(choicesOf({ anyOf: [{ enum: ['a', 'b'] }, { type: 'null' }] })).toEqual(['a', 'b', null])
  expect(choicesOf({ anyOf: [{ enum: ['a'] }, { type: 'string' }] })).toBeNull()
  expect(choicesOf({ type: 'integer' })).toBeNull()
})

it('knows what stands on a line, and makes an example of the rest', () => {
  expect([isLine({ type: ['integer', 'null'] }), isLine(SPLIT), isLine({})]).toEqual([true, false, false])
  expect(exampleOf(SPLIT)).toBe('{"train": 0, "seed": 0}')
  expect(exampleOf({ type: 'array', items: { enum: ['x'] } })).toBe('["x"]')
})
