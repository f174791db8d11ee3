import { describe, expect, it } from 'vitest'
import type { Asset, Json } from '../../../../src-shared/contract/index.ts'
import { namedFiles, reportOf, valuesOf } from './report.ts'

const digest = (letter: string): string => letter.repeat(64)
const asset = (step: string, attempt: number, ...files: [path: string, letter: string][]): Asset => ({
  kind: 'asset',
  id: `aaaaaaa2:${step}:${attempt}:out`,
  run: 'aaaaaaa2',
  step,
  attempt,
  name: 'out',
  size: files.length,
  files: files.map(([path, letter]) => ({ path, digest: digest(letter), size: 1 })),
})
const value = (...files: [path: string, letter: string][]): Json => ({
  kind: 'asset',
  name: 'out',
  files: files.map(([path, letter]) => ({ path, digest: digest(letter), size: 1 })),
})

describe('the report of a run', () => {
  const made = [
    asset('plot', 1, ['a.png', 'a']),
    asset('page', 1, ['r.html', 'b']),
    asset('page', 2, ['r.html', 'c'], ['data.csv', 'd']),
  ]

  it('is the first page among what the outputs name, as the last attempt made it', () => {
    const files = namedFiles({ plot: value(['a.png', 'a']), page: value(['r.html', 'c'], ['data.csv', 'd']) }, made)
    expect(files.map(({ file }) => file.path)).toEqual(['a.png', 'r.html', 'data.csv'])
    expect(reportOf(files)?.asset.attempt).toBe(2)
  })

  it('is a picture where there is no page, and nothing where neither is', () => {
    expect(reportOf(namedFiles({ plot: value(['a.png', 'a']) }, made))?.file.path).toBe('a.png')
    expect(reportOf(namedFiles({ d: value(['data.csv', 'd']) }, made))).toBeUndefined()
    expect(namedFiles({ other: value(['x.html', 'z']), n: 3 }, made)).toEqual([])
  })

  it('leaves the values', () => {
    expect(valuesOf({ n: 3, page: value(['r.html', 'c']) })).toEqual({ n: 3 })
  })
})
