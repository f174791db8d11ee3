import { statfsSync } from 'node:fs'
import { totalmem } from 'node:os'
import { describe, expect, test, vi } from 'vitest'
import { Machine } from '../../../../src-shared/contract/index.ts'
import { createCpuMeter, fromStat, LONGEST_MS, SHORTEST_MS } from './cpu.ts'
import { createGpuMeter, parseGpus } from './gpus.ts'
import { createMachine } from './machine.ts'
import { memoryNow } from './memory.ts'

describe('how busy the processors are', () => {
  const make = () => {
    const state = { at: 0, idle: 0, total: 0 }
    const meter = createCpuMeter(
      () => ({ idle: state.idle, total: state.total }),
      () => state.at,
    )
    const pass = (ms: number, busy: number): void => {
      state.at += ms
      state.total += ms
      state.idle += ms * (1 - busy)
    }
    return { meter, pass }
  }

  test('is told since the question before; at first it is not known', () => {
    const { meter, pass } = make()
    expect(meter()).toBeNull()
    pass(1000, 0.25)
    expect(meter()).toBe(25)
    pass(1000, 1)
    expect(meter()).toBe(100)
  })

  test('is the same for two who ask at nearly the same time', () => {
    const { meter, pass } = make()
    meter()
    pass(1000, 0.5)
    expect(meter()).toBe(50)
    pass(SHORTEST_MS - 1, 1)
    expect(meter()).toBe(50)
    pass(1, 1)
    expect(meter()).toBe(100)
  })

  test('is not told over a time that is no longer now', () => {
    const { meter, pass } = make()
    meter()
    pass(LONGEST_MS + 1, 1)
    expect(meter()).toBeNull()
    pass(1000, 0.5)
    expect(meter()).toBe(50)
  })

  test('comes from the first line of /proc/stat; guests count once', () => {
    const text = 'cpu  100 20 30 800 50 5 6 7 40 10\ncpu0 1 2 3 4 5 6 7 8 9 10\n'
    expect(fromStat(text)).toEqual({ idle: 850, total: 1018 })
  })
})

describe('graphics cards', () => {
  test('are read from what the driver says, also where a card does not tell', () => {
    expect(parseGpus('NVIDIA A100-SXM4-80GB, 37, 81920, 1024\nTesla K80, [N/A], [N/A], [N/A]\n')).toEqual([
      { name: 'NVIDIA A100-SXM4-80GB', percent: 37, memory: { total: 81920 * 1024 ** 2, used: 1024 ** 3 } },
      { name: 'Tesla K80', percent: null, memory: null },
    ])
  })

  test('the driver is asked at most every few seconds, one question at a time, and nobody waits for it', async () => {
    let time = 0
    const answers: ((text: string) => void)[] = []
    const ask = vi.fn(() => new Promise<string>((resolve) => answers.push(resolve)))
    const meter = createGpuMeter({ find: () => '/bin/smi', ask, now: () => time })
    expect(meter()).toEqual([])
    time = 60_000
    expect(meter()).toEqual([])
    expect(ask).toHaveBeenCalledTimes(1)
    answers[0]?.('A, 1, 2, 1')
    await vi.waitFor(() => expect(meter()).toMatchObject([{ name: 'A' }]))
    expect(ask).toHaveBeenCalledTimes(2) // the first answer was a minute old
    answers[1]?.('B, 1, 2, 1')
    await vi.waitFor(() => expect(meter()).toMatchObject([{ name: 'B' }]))
    expect(ask).toHaveBeenCalledTimes(2)
  })

  test('a driver that fails has none; without a driver nothing is started', async () => {
    let time = 0
    const failing = createGpuMeter({ find: () => '/bin/smi', ask: () => Promise.reject(new Error()), now: () => time })
    failing()
    time = 10_000
    expect(failing()).toEqual([])
    const ask = vi.fn(async () => '')
    const find = vi.fn(() => null)
    const none = createGpuMeter({ find, ask, now: () => 0 })
    expect([none(), none()]).toEqual([[], []])
    expect([find.mock.calls.length, ask.mock.calls.length]).toEqual([1, 0])
  })
})

test('the machine is told as the contract says, within what there is', async () => {
  const reserved = { cpus: 1.5, memoryBytes: 10, gpus: 0 }
  const machine = createMachine({ data: '/', cpus: 2, reserved: async () => reserved })
  const answer = Machine.parse(await machine())
  expect(answer).toMatchObject({ cpus: 2, cpuPercent: null, reserved })
  expect(answer.memory.total).toBeLessThanOrEqual(totalmem())
  expect(answer.memory.used).toBeGreaterThan(0)
  expect(answer.memory.used).toBeLessThan(answer.memory.total)
  const { blocks, bsize } = statfsSync('/')
  expect(answer.disk.total).toBe(blocks * bsize)
  expect(answer.disk.used).toBeLessThanOrEqual(answer.disk.total)
  expect(memoryNow().available).toBeGreaterThan(0)
})
