import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { transformWithEsbuild } from 'vite'
import { afterEach, describe, expect, test } from 'vitest'
import { createShared, joinMachine, type Machine, releaseLock, SLOTS, vacateSlot } from './machine.ts'

const SOURCE = new URL('./machine.ts', import.meta.url)

const open: Machine[] = []
afterEach(() => {
  for (const machine of open.splice(0)) machine.close()
})

const join = (shared: SharedArrayBuffer, slot: number, channel = `test-${Math.random()}`): Machine => {
  const machine = joinMachine({ shared, slot, channel })
  open.push(machine)
  return machine
}
const cpus = (count: number) => ({ cpus: count, memoryBytes: 0, gpus: 0 })

/** Each thread takes the one GPU when nobody has it, works a little, and gives it back, many times. */
const GREEDY = `
const { parentPort, workerData } = require('node:worker_threads')
import(workerData.module).then(({ joinMachine }) => {
  const { place, rounds, seen } = workerData
  const machine = joinMachine(place)
  const holders = new Int32Array(seen)
  let taken = 0
  const with_ = (gpus) => ({ used: { cpus: 0, memoryBytes: 0, gpus }, wants: true })
  for (let left = rounds; left > 0; ) {
    let has = false
    machine.alone((others) => {
      has = others.gpus === 0
      return with_(has ? 1 : 0)
    })
    if (!has) continue
    if (Atomics.add(holders, 0, 1) !== 0) Atomics.add(holders, 1, 1)
    Atomics.sub(holders, 0, 1)
    machine.alone(() => with_(0))
    left -= 1
    taken += 1
  }
  machine.close()
  parentPort.postMessage(taken)
})`

describe('projects that share a machine', () => {
  test('see what the others have set aside, and not what they have themselves', () => {
    const shared = createShared()
    const [a, b] = [join(shared, 0), join(shared, SLOTS - 1)]
    a.alone(() => ({ used: { cpus: 2.5, memoryBytes: 1_000, gpus: 1 }, wants: false }))
    b.alone((others) => {
      expect(others).toEqual({ cpus: 2.5, memoryBytes: 1_000, gpus: 1 })
      return { used: cpus(1), wants: false }
    })
    a.alone((others) => {
      expect(others).toEqual(cpus(1))
      return { used: cpus(0), wants: false }
    })
  })

  test('tell those who wait that there is room, and nobody else', async () => {
    const shared = createShared()
    const channel = `test-${Math.random()}`
    const [a, b] = [join(shared, 0, channel), join(shared, 1, channel)]
    let told = 0
    b.onRoom(() => {
      told += 1
    })
    a.alone(() => ({ used: cpus(2), wants: false }))
    a.alone(() => ({ used: cpus(0), wants: false }))
    b.alone(() => ({ used: cpus(0), wants: true }))
    a.alone(() => ({ used: cpus(2), wants: false }))
    expect(told).toBe(0)
    a.alone(() => ({ used: cpus(1), wants: false }))
    await expect.poll(() => told).toBe(1)
  })

  test('a decision that fails lets go of the lock, and leaves the booking as it was', () => {
    const shared = createShared()
    const [a, b] = [join(shared, 0), join(shared, 1)]
    a.alone(() => ({ used: cpus(2), wants: false }))
    expect(() =>
      a.alone(() => {
        throw new Error('broken')
      }),
    ).toThrow('broken')
    b.alone((others) => {
      expect(others).toEqual(cpus(2))
      return { used: cpus(0), wants: false }
    })
  })

  test('a project that was closed holds nothing', () => {
    const shared = createShared()
    const [a, b] = [join(shared, 0), join(shared, 1)]
    a.alone(() => ({ used: cpus(2), wants: true }))
    vacateSlot(shared, 0)
    b.alone((others) => {
      expect(others).toEqual(cpus(0))
      return { used: cpus(0), wants: false }
    })
  })

  test('a thread that died while it decided blocks nobody for longer than until that is noticed', () => {
    const shared = createShared()
    const lock = new Int32Array(shared, 0, 1)
    lock[0] = 5 + 1
    releaseLock(shared, 4)
    expect(lock[0]).toBe(6)
    releaseLock(shared, 5)
    const a = join(shared, 0)
    a.alone(() => ({ used: cpus(1), wants: false }))
    expect(lock[0]).toBe(0)
  })

  test('never have the same GPU at the same time', async () => {
    const shared = createShared()
    const seen = new SharedArrayBuffer(8)
    const channel = `test-${Math.random()}`
    // The source is TypeScript: what threads load is what the bundler makes of it.
    const { code } = await transformWithEsbuild(readFileSync(SOURCE, 'utf8'), 'machine.ts', { format: 'esm' })
    const threads = [0, 1, 2].map(
      (slot) =>
        new Worker(GREEDY, {
          eval: true,
          workerData: {
            module: `data:text/javascript,${encodeURIComponent(code)}`,
            place: { shared, slot, channel },
            rounds: 2_000,
            seen,
          },
        }),
    )
    const taken = await Promise.all(threads.map(async (thread) => (await once(thread, 'message'))[0] as number))
    await Promise.all(threads.map((thread) => thread.terminate()))
    expect(taken).toEqual([2_000, 2_000, 2_000])
    expect(new Int32Array(seen)[1]).toBe(0)
  })
})
