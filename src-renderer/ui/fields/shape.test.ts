import { describe, expect, it } from 'vitest'
import type { Json, Param } from '../../../src-shared/contract/index.ts'
import { readParam } from './param-check.ts'
import { fieldsOf, fieldValues, itemOf, listValues } from './shape.ts'

const settings: Param = {
  type: 'json',
  required: true,
  schema: {
    type: 'object',
    properties: {
      name: { type: 'string', description: 'Of the instrument' },
      exposure: { type: 'number', default: 0.5, minimum: 0 },
      bands: { type: 'array', items: { type: 'string' } },
      window: { $ref: '#/$defs/Range' },
      mode: { enum: ['fast', 'fine'], default: 'fast' },
    },
    required: ['name'],
    additionalProperties: false,
    $defs: { Range: { type: 'object', properties: { low: { type: 'integer' } }, required: ['low'] } },
  },
}

describe('an object', () => {
  it('has a field for each part, with what is said of it', () => {
    expect(fieldsOf(settings)).toMatchObject({
      name: { type: 'string', required: true, description: 'Of the instrument' },
      exposure: { type: 'number', required: false, default: 0.5, minimum: 0 },
      mode: { type: 'json', schema: { enum: ['fast', 'fine'] } },
    })
    const window = fieldsOf(settings)?.['window']
    expect(window === undefined ? null : fieldsOf(window)).toMatchObject({ low: { type: 'integer', required: true } })
  })

  it('is read from its fields; what was not touched is left to its default', () => {
    const given: Json = { name: 'UV', window: { low: '380' }, bands: ['red'] }
    expect(readParam(settings, given)).toEqual({ value: { name: 'UV', window: { low: 380 }, bands: ['red'] } })
  })

  it('says which field is wrong, and which is missing', () => {
    expect(readParam(settings, { name: 'UV', exposure: '-1' })).toEqual({
      problem: 'exposure: This must be at least 0.',
    })
    expect(readParam(settings, undefined)).toEqual({ problem: 'name: Fill this in.', isMissing: true })
    expect(readParam({ ...settings, required: false }, undefined)).toEqual({ value: undefined })
  })

  it('keeps what stands there as JSON', () => {
    expect(fieldValues('{"name": "UV"}')).toEqual({ name: 'UV' })
    expect(readParam(settings, '{"name": "UV"}')).toEqual({ value: { name: 'UV' } })
    expect(fieldValues('{"name": ')).toBeNull()
    expect(fieldValues({ $weir: 'object', type: 'Settings', value: {} })).toBeNull()
  })

  it('is JSON when its fields are not known, lie too deep, or are one of several shapes', () => {
    const of = (schema: Record<string, Json>): unknown => fieldsOf({ type: 'json', schema })
    expect(of({ type: 'object' })).toBeNull()
    expect(of({ anyOf: [{ type: 'object', properties: { a: {} } }, { type: 'null' }] })).toBeNull()
    let at: Param | undefined = {
      type: 'json',
      schema: {
        $ref: '#/$defs/Node',
        $defs: { Node: { type: 'object', properties: { next: { $ref: '#/$defs/Node' } } } },
      },
    }
    let depth = 0
    for (; at !== undefined && depth < 10; depth++) at = fieldsOf(at)?.['next']
    expect(depth).toBe(4)
  })
})

describe('a list', () => {
  it.each<[Param, string]>([
    [{ type: 'array', items: { type: 'integer' } }, 'integer'],
    [{ type: 'json', schema: { type: 'array', items: { type: 'string', minLength: 1 } } }, 'string'],
    [{ type: 'json', schema: { type: 'array', items: { type: 'string', format: 'date' } } }, 'json'],
  ])('%j has short entries', (param, type) => {
    expect(itemOf(param)?.type).toBe(type)
  })

  it.each<Param>([
    { type: 'array' },
    { type: 'array', items: { type: 'object' } },
    { type: 'json', schema: { type: 'array', prefixItems: [{ type: 'integer' }], items: { type: 'integer' } } },
    { type: 'string' },
  ])('%j is typed as JSON', (param) => {
    expect(itemOf(param)).toBeNull()
  })

  it('is read entry by entry', () => {
    const numbers: Param = { type: 'array', items: { type: 'integer' } }
    expect(readParam(numbers, ['1', 2])).toEqual({ value: [1, 2] })
    expect(readParam(numbers, ['1', 'x'])).toMatchObject({ problem: expect.stringContaining('Entry 2') as unknown })
    expect(readParam(numbers, [])).toEqual({ value: [] })
    expect(listValues('[1, [2]]')).toBeNull()
  })
})
