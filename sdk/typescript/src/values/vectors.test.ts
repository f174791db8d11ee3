import { readFileSync } from 'node:fs'
import { runInThisContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import * as weir from '../index.ts'
import type { Json } from '../protocol.ts'
import { decode } from './decode.ts'
import { encode } from './encode.ts'

interface Vectors {
  values: { name: string; encoded: Json; typescript: string }[]
  oneWay: { name: string; encoded: Json; typescript: string }[]
  refused: { name: string; encoded: Json; message: string }[]
}
const file = new URL('../../../vectors/values.json', import.meta.url)
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vectors

/** The value that a vector writes as an expression of TypeScript. */
const written = (expression: string): unknown =>
  (runInThisContext(`(weir) => (${expression})`) as (sdk: typeof weir) => unknown)(weir)

describe('values that all languages share', () => {
  test.each(vectors.values)('$name is written as the others write it', ({ encoded, typescript }) => {
    const { json } = encode(written(typescript), 'value')
    expect(json).toStrictEqual(encoded)
    expect(JSON.stringify(json)).toBe(JSON.stringify(encoded))
  })

  test.each(vectors.values)('$name is read', ({ encoded, typescript }) => {
    expect(decode(encoded)).toStrictEqual(written(typescript))
  })

  test.each(vectors.oneWay)('$name is written as the others read it', ({ encoded, typescript }) => {
    expect(encode(written(typescript), 'value').json).toStrictEqual(encoded)
  })

  test.each(vectors.refused)('$name is refused', ({ encoded, message }) => {
    expect(() => decode(encoded)).toThrow(new RegExp(message, 'i'))
  })
})
