import { describe, expect, it } from 'vitest'
import { moveKey, renameKey } from './keys.ts'

const SOURCE = `name: x
params:
  # The year
  year: { type: integer }

  # Where
  station:
    type: string
    default: |
      a
      b
  last: { type: boolean } # end
steps:
  "a b": { run: x } # odd
`

describe('renameKey', () => {
  it('changes the name and nothing else', () => {
    expect(renameKey(SOURCE, ['params', 'station'], 'place')).toBe(SOURCE.replace('station:', 'place:'))
    expect(renameKey(SOURCE, ['steps', 'a b'], 'c')).toBe(SOURCE.replace('"a b":', 'c:'))
    expect(renameKey('a: {b: 1, c: 2}\n', ['a', 'b'], 'd')).toBe('a: {d: 1, c: 2}\n')
  })

  it('puts a name into quotes that YAML would read as something else', () => {
    expect(renameKey('a: 1\n', ['a'], 'true')).toBe('"true": 1\n')
  })

  it('refuses a name that is taken, and a key that is not there', () => {
    expect(() => renameKey(SOURCE, ['params', 'station'], 'year')).toThrow('`year` is there already.')
    expect(() => renameKey(SOURCE, ['params', 'none'], 'a')).toThrow('no `params.none`')
  })
})

describe('moveKey', () => {
  it('moves the lines of a key with its comment', () => {
    expect(moveKey(SOURCE, ['params', 'station'], 0)).toBe(`name: x
params:
  # Where
  station:
    type: string
    default: |
      a
      b
  # The year
  year: { type: integer }

  last: { type: boolean } # end
steps:
  "a b": { run: x } # odd
`)
  })

  it('moves to the end, also of a text without a last line break', () => {
    expect(moveKey('a: 1\nb: 2\nc: 3', ['a'], 9)).toBe('b: 2\nc: 3\na: 1\n')
  })

  it('takes only its own lines when a block of text is last', () => {
    const text = 'params:\n  a: 1\n  b: |\n    x\n    y\n\nsteps:\n  c:   2\n'
    expect(moveKey(text, ['params', 'b'], 0)).toBe('params:\n  b: |\n    x\n    y\n  a: 1\n\nsteps:\n  c:   2\n')
  })

  it('moves in a map on one line', () => {
    expect(moveKey('a: {b: 1, c: 2}\n', ['a', 'c'], 0)).toBe('a: {c: 2, b: 1}\n')
  })

  it('leaves a key that is there already', () => {
    expect(moveKey(SOURCE, ['params', 'year'], 0)).toBe(SOURCE)
  })
})
