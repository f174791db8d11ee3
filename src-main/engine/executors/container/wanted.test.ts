import { describe, expect, it } from 'vitest'
import { changedEntries, wantedEntries } from './wanted.ts'

describe('wantedEntries', () => {
  it('names the first part of what is spelled', () => {
    const wanted = wantedEntries({
      a: { json: './result.json' },
      b: { files: ['out/**/*.csv', '!out/tmp/**'] },
      c: { files: 'inputs/x/*' },
    })
    expect(wanted).toEqual({ names: ['result.json', 'out'], matches: null })
  })

  it.each([
    ['*.csv', 'a.csv', true],
    ['*.csv', 'a.txt', false],
    ['part-{1,2}/x', 'part-2', true],
    ['**/x.csv', '.hidden', true],
    ['{a/b,c}/x', 'a', true],
  ])('%s may mean %s: %s', (files, name, means) => {
    expect(wantedEntries({ a: { files } }).matches?.(name)).toBe(means)
  })
})

describe('changedEntries', () => {
  it('keeps what lies in the working folder and is no input', () => {
    const paths = [
      '/tmp',
      '/weir/work',
      '/weir/work/a/b',
      '/weir/work/a',
      '/weir/work/inputs/x',
      '/weir/work/inputs.json',
    ]
    expect(changedEntries(paths)).toEqual(['a'])
  })
})
