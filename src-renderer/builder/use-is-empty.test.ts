import { expect, test } from 'vitest'
import { isBegun } from './use-is-empty.ts'

test('a text without steps is a beginning, but one that is no workflow is a fault', () => {
  for (const text of [null, {}, { name: 'a' }, { steps: null }, { steps: {} }]) expect(isBegun(text)).toBe(true)
  for (const text of [undefined, [], ['a'], 'hello', 7, { steps: { a: {} } }, { steps: [] }, { steps: 'x' }])
    expect(isBegun(text)).toBe(false)
})
