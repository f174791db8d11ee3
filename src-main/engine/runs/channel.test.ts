import { describe, expect, test } from 'vitest'
import { createChannel } from './channel.ts'

describe('a channel', () => {
  test('hands on everything in order, and ends', async () => {
    const channel = createChannel<number>()
    const written = (async () => {
      for (let value = 0; value < 5_000; value++) await channel.push(value)
      channel.end()
    })()
    const read: number[] = []
    for await (const value of channel) read.push(value)
    await written
    expect(read).toEqual(Array.from({ length: 5_000 }, (_, index) => index))
  })

  test('makes writers wait for a slow reader', async () => {
    const channel = createChannel<number>()
    let written = 0
    void (async () => {
      for (; written < 100_000; written++) if (!(await channel.push(written))) return
    })()
    await new Promise((resolve) => setImmediate(resolve))
    const stopped = written
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(written).toBe(stopped)
    expect(stopped).toBeLessThan(10_000)
    for await (const value of channel) if (value > stopped) break
    expect(written).toBeGreaterThan(stopped)
  })

  test('tells writers that the reader has gone', async () => {
    const channel = createChannel<number>()
    await channel.push(1)
    for await (const _value of channel) break
    expect(await channel.push(2)).toBe(false)
  })

  test('lets writers go when the reader leaves before it has begun', async () => {
    const channel = createChannel<string>((text) => text.length)
    await channel.push('x'.repeat(10_000))
    const waiting = channel.push('more')
    channel.leave()
    expect(await waiting).toBe(false)
  })

  test('hands on what is there before it fails', async () => {
    const channel = createChannel<number>()
    await channel.push(1)
    channel.fail(new Error('the disk is gone'))
    const read: number[] = []
    await expect(async () => {
      for await (const value of channel) read.push(value)
    }).rejects.toThrow('the disk is gone')
    expect(read).toEqual([1])
  })
})
