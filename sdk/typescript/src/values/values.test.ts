import { describe, expect, test } from 'vitest'
import { codec, Record, StepRef, Tuple } from '../index.ts'
import type { Json } from '../protocol.ts'
import { FolderBlobs } from '../testing/blobs.ts'
import { coerce } from './coerce.ts'
import { decode } from './decode.ts'
import { encode, ValueError } from './encode.ts'
import { blobsIn, pack, unpack } from './travel.ts'

const refusal = (value: unknown): string => {
  try {
    encode(value, 'result')
  } catch (error) {
    expect(error).toBeInstanceOf(ValueError)
    return (error as Error).message
  }
  throw new Error('it was encoded')
}

class Score {
  readonly of: number
  constructor(of: number) {
    this.of = of
  }
}

describe('what cannot travel', () => {
  const loop: { self?: unknown } = {}
  loop.self = loop
  test.each([
    [{ scores: [1, 2, 3, () => 1] }, /^result\.scores\[3\] is a function.*Pass data/],
    [{ 'odd key': Symbol('x') }, /^result\["odd key"\] is a symbol/],
    [[undefined], /^result\[0\] is undefined.*null/],
    [new Map([['a', { b: new WeakMap() }]]), /^result\.get\("a"\)\.b is of the class WeakMap.*codec\(WeakMap/],
    [{ later: Promise.resolve(1) }, /^result\.later is a promise.*Await it first/],
    [loop, /^result\.self contains itself/],
    [new Date('never'), /^result is an invalid Date/],
    [new Float64Array(2), /Array\.from/],
    [new Error('x'), /^result is an error \(Error\)/],
    ['x'.repeat(70 * 1024 * 1024), /64 MiB.*blob/],
  ])('%# names its place and says what to do', (value, message) => {
    expect(refusal(value)).toMatch(message)
  })

  test('deep nesting is refused before the stack is used up', () => {
    let deep: unknown = 1
    for (let level = 0; level < 100_000; level += 1) deep = [deep]
    expect(refusal(deep)).toMatch(/nested deeper than/)
  })
})

describe('classes', () => {
  test('travel as their codec says, and come back', () => {
    codec(Score, { name: 'digits.Score', encode: (score) => ({ of: score.of }), decode: ({ of }) => new Score(of) })
    const { json } = encode([new Score(3)], 'value')
    expect(json).toEqual([{ $weir: 'object', type: 'digits.Score', value: { of: 3 } }])
    expect(decode(json)).toStrictEqual([new Score(3)])
  })

  test('those that are not known go back out as they came', () => {
    const json: Json = { $weir: 'object', type: 'other.Thing', value: { $weir: 'tuple', items: [1] } }
    const thing = decode(json)
    expect(thing).toStrictEqual(new Record('other.Thing', new Tuple([1])))
    expect(encode(thing, 'value').json).toEqual(json)
  })

  test('a tuple is an array', () => {
    const [one, two] = new Tuple([1, 2])
    expect([one, two]).toEqual([1, 2])
    expect(new Tuple([1, 2]).map((x) => x * 2)).toStrictEqual([2, 4])
  })
})

test('a field called __proto__ is a field', () => {
  const value = decode(JSON.parse('{"__proto__":{"isAdmin":true}}') as Json) as { isAdmin?: boolean }
  expect(value.isAdmin).toBeUndefined()
  expect(JSON.stringify(encode(value, 'value').json)).toBe('{"__proto__":{"isAdmin":true}}')
})

describe('large values', () => {
  const store = new FolderBlobs()

  test('travel with their largest parts stored, and come back', async () => {
    const bytes = new Uint8Array(50_000).fill(3)
    const value = {
      small: 'x',
      rows: Array.from({ length: 20_000 }, (_, at) => ({ at })),
      deep: { bytes, text: 'y'.repeat(70_000) },
    }
    const json = await pack(value, 'value', store)
    expect(JSON.stringify(json).length).toBeLessThan(64 * 1024)
    expect(json).toMatchObject({ small: 'x', rows: { $weir: 'stored' } })
    expect(await unpack(json, store)).toStrictEqual(value)
  })

  test('a stored part names the blobs inside of it', async () => {
    const bytes = new Uint8Array(40_000)
    const json = await pack({ part: { bytes, text: 'z'.repeat(100_000) } }, 'value', store)
    const { part } = json as { part: { blobs: string[] } }
    expect(part.blobs).toEqual(blobsIn(encode(bytes, 'bytes').json))
  })

  test('one text may be the largest part', async () => {
    const text = 'ü'.repeat(100_000)
    const json = await pack(text, 'value', store)
    expect(json).toMatchObject({ $weir: 'stored', size: 200_002 })
    expect(await unpack(json, store)).toBe(text)
  })

  test('bytes that look like a stored part are bytes', async () => {
    const bytes = new TextEncoder().encode(`{"$weir":"stored","blob":"${'0'.repeat(64)}"}${' '.repeat(40_000)}`)
    expect(await unpack(await pack(bytes, 'value', store), store)).toStrictEqual(new Uint8Array(bytes))
  })
})

test('references become what they stand for', () => {
  const json: Json = [{ $weir: 'step', run: 'k3m9abcd', step: 'train[0]' }]
  expect(decode(json)).toStrictEqual([new StepRef('k3m9abcd', 'train[0]')])
  expect(decode(json, { resolve: ({ step }) => step })).toEqual(['train[0]'])
})

test('plain values become what a parameter wants', () => {
  const date = { type: 'string', format: 'date-time', 'x-typescript': 'Date' }
  expect(coerce('2026-11-21T10:00:00Z', date, 'day')).toStrictEqual(new Date('2026-11-21T10:00:00Z'))
  expect(coerce(null, { anyOf: [{ type: 'null' }, date] }, 'day')).toBeNull()
  expect(coerce('2026-11-21', { anyOf: [{ type: 'null' }, date] }, 'day')).toStrictEqual(new Date('2026-11-21'))
  expect(
    coerce({ at: ['2026-11-21'] }, { type: 'object', properties: { at: { type: 'array', items: date } } }, 'x'),
  ).toEqual({
    at: [new Date('2026-11-21')],
  })
  expect(() => coerce('soon', date, 'day')).toThrow('day: "soon" is no date')
})
