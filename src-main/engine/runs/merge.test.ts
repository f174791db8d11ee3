import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mergeByTime, type Source } from './merge.ts'

interface Item {
  readonly at: number
  readonly from: string
}

const opened: string[] = []
/** @param sizes of its batches, over and over */
const source = (from: string, times: readonly number[], sizes: readonly number[] = [2]): Source<Item> => ({
  startsAt: times[0] ?? 0,
  open: () => {
    opened.push(from)
    return (async function* () {
      for (let done = 0, n = 0; done < times.length; n++) {
        const size = sizes[n % sizes.length] ?? 1
        yield times.slice(done, done + size).map((at) => ({ at, from }))
        done += size
      }
    })()
  },
})

const all = async (sources: readonly Source<Item>[]): Promise<string[]> => {
  const found: string[] = []
  for await (const batch of mergeByTime(sources)) for (const { at, from } of batch) found.push(`${from}${at}`)
  return found
}

/** The same item by item: always the oldest, of several that of the source that began first. */
function slowly(sources: readonly { from: string; times: readonly number[] }[]): string[] {
  const left = sources.map(({ from, times }) => ({ from, times: [...times] }))
  const found: string[] = []
  for (;;) {
    const filled = left.filter(({ times }) => times.length > 0)
    const [first] = filled
    if (first === undefined) return found
    const next = filled.reduce((a, b) => ((b.times[0] ?? 0) < (a.times[0] ?? 0) ? b : a), first)
    found.push(`${next.from}${next.times.shift()}`)
  }
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

  test('keeps the order however the lines come in batches', async () => {
    const logs = fc.array(
      fc.record({
        times: fc.array(fc.nat(30), { minLength: 1, maxLength: 40 }).map((times) => times.sort((a, b) => a - b)),
        sizes: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 4 }).map((sizes) => [...sizes, 1]),
      }),
      { maxLength: 6 },
    )
    await fc.assert(
      fc.asyncProperty(logs, async (given) => {
        const named = given
          .map((log, n) => ({ ...log, from: String.fromCharCode(97 + n) }))
          .sort((a, b) => (a.times[0] ?? 0) - (b.times[0] ?? 0))
        expect(await all(named.map(({ from, times, sizes }) => source(from, times, sizes)))).toEqual(slowly(named))
      }),
      { numRuns: 300 },
    )
  })

  test('hands out many lines together', async () => {
    const times = Array.from({ length: 5_000 }, (_, n) => n)
    let batches = 0
    for await (const batch of mergeByTime([source('a', times), source('b', times)])) {
      batches += 1
      expect(batch.length).toBeGreaterThanOrEqual(1_000)
    }
    expect(batches).toBeLessThanOrEqual(10)
  })

  test('skips sources without lines', async () => {
    expect(await all([source('a', []), source('b', [7]), source('c', [])])).toEqual(['b7'])
    expect(await all([])).toEqual([])
  })

  test('opens a source only when its beginning is reached', async () => {
    opened.length = 0
    const many = Array.from({ length: 1_500 }, (_, n) => n)
    const merged = mergeByTime([source('a', many), source('b', [2_000])])
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
            for (let at = 1; ; at++) yield [{ at, from: 'a' }]
          } finally {
            closed = true
          }
        })(),
    }
    for await (const batch of mergeByTime([lines])) if (batch.length > 3) break
    expect(closed).toBe(true)
  })
})
