import { describe, expect, test } from 'vitest'
import { mergeByTime, type Source } from './merge.ts'

interface Item {
  readonly at: number
  readonly from: string
}

const opened: string[] = []
const source = (from: string, times: readonly number[]): Source<Item> => ({
  startsAt: times[0] ?? 0,
  open: () => {
    opened.push(from)
    return (async function* () {
      for (const at of times) yield { at, from }
    })()
  },
})

const all = async (sources: readonly Source<Item>[]): Promise<string[]> => {
  const found: string[] = []
  for await (const { at, from } of mergeByTime(sources)) found.push(`${from}${at}`)
  return found
}

describe('merging logs by time', () => {
  test('hands out the lines of all sources in the order of time', async () => {
    expect(await all([source('a', [1, 4, 9]), source('b', [2, 3, 10]), source('c', [5])])).toEqual([
      'a1',
      'b2',
      'b3',
      'a4',
      'c5',
      'a9',
      'b10',
    ])
  })

  test('skips sources without lines', async () => {
    expect(await all([source('a', []), source('b', [7]), source('c', [])])).toEqual(['b7'])
    expect(await all([])).toEqual([])
  })

  test('opens a source only when its beginning is reached', async () => {
    opened.length = 0
    const merged = mergeByTime([source('a', [1, 2]), source('b', [100])])
    await merged.next()
    expect(opened).toEqual(['a'])
    await merged.return(undefined)
  })

  test('closes what it opened when the reader leaves', async () => {
    let closed = false
    const lines: Source<Item> = {
      startsAt: 1,
      open: () =>
        (async function* () {
          try {
            for (let at = 1; ; at++) yield { at, from: 'a' }
          } finally {
            closed = true
          }
        })(),
    }
    for await (const item of mergeByTime([lines])) if (item.at > 3) break
    expect(closed).toBe(true)
  })
})
