import { describe, expect, it } from 'vitest'
import { readsOf, soleRead } from './expressions.ts'

const names = (text: string, isBare = false) => readsOf(text, isBare).map(({ root, path }) => [root, ...path].join('.'))

describe('readsOf', () => {
  it.each<[string, string[]]>([
    ['none', []],
    ['steps.a', []],
    ['${{ steps.a.outputs.x }}', ['steps.a.outputs.x']],
    ['a ${{ steps.a.outputs.x + params.b }} ${{params.c}}', ['steps.a.outputs.x', 'params.b', 'params.c']],
    ['${{ steps["a"].outputs[\'x\'][0] }}', ['steps.a.outputs.x']],
    ['${{ "steps.a" + inputs.steps.b + my.params.c }}', []],
    ['${{ "}}" + steps.a.status }}', ['steps.a.status']],
    ['${{ {"k": {"v": steps.a.status}} }}', ['steps.a.status']],
    ['$${{ steps.a.status }}', []],
    ['${{ steps.a.outputs.list.map(s, s.steps.x + params.y) }}', ['steps.a.outputs.list.map', 'params.y']],
    ['${{ mysteps.a }} ${{ steps2.a }}', []],
    ['${{ steps.a.outp', ['steps.a.outp']],
  ])('%s', (text, reads) => {
    expect(names(text)).toEqual(reads)
  })

  it('takes a condition without braces', () => {
    expect(names('steps.a.status == "failed" && params.b', true)).toEqual(['steps.a.status', 'params.b'])
    expect(names('${{ steps.a.status }}', true)).toEqual(['steps.a.status'])
  })

  it('tells where the name stands', () => {
    const text = 'x ${{ steps["old"].status }} ${{ steps . old.outputs.old }}'
    expect(readsOf(text).map(({ start, end }) => [start, text.slice(start, end)])).toEqual([
      [13, 'old'],
      [41, 'old'],
    ])
  })
})

describe('soleRead', () => {
  it.each([
    ['${{ steps.a.outputs.x }}', 'steps'],
    [' ${{params.p}} ', 'params'],
    ['${{ steps.a.outputs.x }} ', 'steps'],
    ['${{ size(steps.a.outputs.x) }}', undefined],
    ['a ${{ params.p }}', undefined],
    ['${{ params.p }}${{ params.q }}', undefined],
  ])('%s', (text, root) => {
    expect(soleRead(text)?.root).toBe(root)
  })
})
