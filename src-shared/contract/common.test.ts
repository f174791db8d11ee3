import { expect, test } from 'vitest'
import { Json } from './common.ts'

const nested = (levels: number): unknown => {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { value }
  return value
}

test('JSON is taken as it is, up to a depth that nothing runs out of stack at', () => {
  const odd = JSON.parse('{"__proto__": {"constructor": [null, true, "x"]}}') as unknown
  expect(Json.parse(odd)).toBe(odd)
  expect(Json.safeParse(nested(1_000)).success).toBe(true)
  const deep = Json.safeParse(nested(200_000))
  expect(deep.error?.issues[0]?.message).toBe('a JSON value, nested at most 1000 deep')
})

test.each([[Number.NaN], [Number.POSITIVE_INFINITY], [undefined], [new Date(0)], [[() => 1]]])(
  '%s is no JSON',
  (value) => {
    expect(Json.safeParse(value).success).toBe(false)
  },
)
