import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '../../../src-shared/contract/index.ts'
import { freeName, hasExpression, readNumber, readValue, showValue } from './values.ts'

describe('readValue', () => {
  it.each<[string, Json]>([
    ['linear', 'linear'],
    ['3', 3],
    ['-0.5', -0.5],
    ['1e3', 1000],
    ['007', '007'],
    ['true', true],
    ['null', null],
    ['"3"', '3'],
    ['[1, 2]', [1, 2]],
    ['{"a": 1}', { a: 1 }],
    ['[1, 2', '[1, 2'],
    ['${{ params.year }}', '${{ params.year }}'],
    ['a\nb', 'a\nb'],
    ['', ''],
    [' spaced ', ' spaced '],
  ])('reads %j', (typed, value) => expect(readValue(typed)).toEqual(value))

  it('gives back every value that was shown', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const clean = JSON.parse(JSON.stringify(value)) as Json
        expect(readValue(showValue(clean))).toEqual(clean)
      }),
    )
  })
})

it('keeps what is no number as it was typed', () => {
  expect(readNumber(' 4 ')).toBe(4)
  expect(readNumber('4 cores')).toBe('4 cores')
})

it('knows an expression from the characters for one', () => {
  expect(hasExpression('a ${{ params.x }}')).toBe(true)
  expect(hasExpression('a $${{ params.x }}')).toBe(false)
})

it('finds a name that is free', () => {
  expect(freeName('input', [])).toBe('input')
  expect(freeName('input', ['input', 'input2'])).toBe('input3')
})
