import { describe, expect, it } from 'vitest'
import { typingAt } from './expression-completion.ts'

describe('typingAt', () => {
  it.each<[string, boolean, ReturnType<typeof typingAt>]>([
    ['echo ${{ par', false, { from: 9, isInside: true }],
    ['echo ${{ steps.fit.out', false, { from: 9, isInside: true }],
    ['echo ${{ ', false, { from: 9, isInside: true }],
    ['echo ${{ params.a }} b', false, null],
    ['echo $', false, { from: 5, isInside: false }],
    ['echo ${', false, { from: 5, isInside: false }],
    ['echo $${{ par', false, null],
    ['echo', false, null],
    ['${{ "par', false, null],
    ['${{ "a" + par', false, { from: 10, isInside: true }],
    ['steps.fit.st', true, { from: 0, isInside: true }],
    ['size(ste', true, { from: 5, isInside: true }],
    ['steps.fit.status == "fai', true, null],
  ])('%j', (before, isBare, typing) => expect(typingAt(before, isBare)).toEqual(typing))
})
