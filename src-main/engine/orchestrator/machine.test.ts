import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { transformWithEsbuild } from 'vite'
import { afterEach, describe, expect, test } from 'vitest'
import {
  type Booking,
  createShared,
  joinMachine,
  leaveLine,
  type Machine,
  releaseLock,
  SLOTS,
  vacateSlot,
} from './machine.ts'

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

/**
 * Runs steps of a size on four processors. With each look around one ends, and others begin in the same decision: small ones
 * by themselves never leave room for a large one.
 */
const STEPS = `
const { parentPort, workerData } = require('node:worker_threads')
const { place, size, goal, stop } = workerData
Promise.all([import(workerData.machine), import(workerData.claim)]).then(([{ joinMachine }, { takesTurn }]) => {
  const machine = joinMachine(place)
  const cpus = (count) => ({ cpus: count, memoryBytes: 0, gpus: 0 })
  let running = []
  let served = 0
  const turn = () => {
    machine.alone((others, claim) => {
      // One ends with each look, and another one begins in the same decision, as in the core.
      running = running.slice(1)
      let began = 0
      for (;;) {
        const free = cpus(4 - others.cpus - running.length * size)
        if (free.cpus < size || (claim !== null && takesTurn(claim, free, cpus(size)))) break
        if (served === goal) break
        running.push(size)
        served += 1
        began += 1
      }
      const isDone = served === goal
      const lacks = isDone ? null : { next: cpus(size), least: cpus(size) }
      return { used: cpus(running.length * size), wants: !isDone, lacks, served: began > 0 }
    })
    if (served > 8) Atomics.compareExchange(stop, 0, 0, 1)
    if (served !== goal && Atomics.load(stop, 0) < 2) return setImmediate(turn)
    machine.alone(() => ({ used: cpus(0), wants: false }))
    machine.close()
    parentPort.postMessage(served)
  }
  turn()
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

  describe('stand in line when they find no room', () => {
    const lacks = (count: number, least = count) => ({ next: cpus(count), least: cpus(least) })
    const waiting = (has: number, count: number, served = false): Booking => ({
      used: cpus(has),
      wants: true,
      lacks: lacks(count),
      served,
    })
    const nothing: Booking = { used: cpus(0), wants: false }
    /** What each of them is told goes before it, without changing anything */
    const told = (machine: Machine, booking: Booking): number | null => {
      let next: number | null = null
      machine.alone((_, claim) => {
        next = claim?.next.cpus ?? null
        return booking
      })
      return next
    }

    test('the first is who waits longest, and nobody is told of himself', () => {
      const shared = createShared()
      const [a, b, c] = [join(shared, 2), join(shared, 1), join(shared, 0)]
      expect(told(a, waiting(0, 7))).toBe(null)
      expect(told(b, waiting(0, 5))).toBe(7)
      expect(told(c, nothing)).toBe(7)
      expect(told(a, waiting(0, 7))).toBe(null)
      expect(told(b, waiting(0, 5))).toBe(7)
    })

    test('who was served goes to the end, and who waits for nothing leaves', () => {
      const shared = createShared()
      const [a, b] = [join(shared, 0), join(shared, 1)]
      told(a, waiting(0, 7))
      told(b, waiting(0, 5))
      told(a, waiting(1, 7, true))
      expect(told(b, waiting(0, 5))).toBe(null)
      expect(told(a, waiting(1, 7))).toBe(5)
      told(b, nothing)
      expect(told(a, waiting(1, 7))).toBe(null)
    })

    test('each is served in turn, however many they are', () => {
      const shared = createShared()
      const machines = [0, 1, 2, 3].map((slot) => join(shared, slot))
      for (const machine of machines) told(machine, waiting(0, 1))
      const served: number[] = []
      for (let round = 0; round < 40; round++) {
        // Who decides first is luck: it takes the one place when nobody goes before it.
        const order = machines.map((_, index) => (index * 3 + round * 7) % machines.length)
        for (const index of order) {
          const machine = machines[index]
          let isServed = false
          machine?.alone((_, claim) => {
            isServed = claim === null
            return waiting(0, 1, isServed)
          })
          if (isServed) {
            served.push(index)
            break
          }
        }
      }
      for (let at = 4; at < served.length; at++) expect(served[at]).toBe(served[at - 4])
      expect(new Set(served).size).toBe(4)
    })

    test('a large step has waited too long after a while', async () => {
      const shared = createShared()
      const a = joinMachine({ shared, slot: 0, channel: 'test-overdue', claimAfterMs: 20 })
      const b = joinMachine({ shared, slot: 1, channel: 'test-overdue', claimAfterMs: 20 })
      open.push(a, b)
      told(a, waiting(0, 7))
      const isOverdue = (): boolean => {
        let is = false
        b.alone((_, claim) => {
          is = claim?.isOverdue ?? false
          return nothing
        })
        return is
      }
      expect(isOverdue()).toBe(false)
      await expect.poll(isOverdue).toBe(true)
    })

    test('those who left room are told when the first was served, leaves, or its thread dies', async () => {
      const shared = createShared()
      const channel = `test-${Math.random()}`
      const [a, b] = [join(shared, 0, channel), join(shared, 1, channel)]
      let count = 0
      b.onRoom(() => {
        count += 1
      })
      told(a, waiting(0, 7))
      told(b, waiting(0, 5))
      told(a, waiting(7, 7, true))
      await expect.poll(() => count).toBe(1)
      told(a, { used: cpus(7), wants: true })
      await expect.poll(() => count).toBe(2)
      told(a, waiting(7, 3))
      leaveLine({ shared, slot: 0, channel })
      await expect.poll(() => count).toBe(3)
      expect(told(b, waiting(0, 5))).toBe(null)
    })
  })

  test('a stream of small steps in one thread does not starve the large step of another', async () => {
    const shared = createShared()
    const stop = new Int32Array(new SharedArrayBuffer(4))
    const channel = `test-${Math.random()}`
    const module = async (name: string): Promise<string> => {
      const source = readFileSync(new URL(name, import.meta.url), 'utf8')
      const { code } = await transformWithEsbuild(source, name, { format: 'esm' })
      return `data:text/javascript,${encodeURIComponent(code)}`
    }
    const workerData = { machine: await module('./machine.ts'), claim: await module('./core/claim.ts'), stop }
    const place = (slot: number) => ({ shared, slot, channel, claimAfterMs: 50 })
    const small = new Worker(STEPS, { eval: true, workerData: { ...workerData, place: place(0), size: 1, goal: -1 } })
    await expect.poll(() => Atomics.load(stop, 0)).toBe(1)
    const large = new Worker(STEPS, { eval: true, workerData: { ...workerData, place: place(1), size: 4, goal: 3 } })
    const [served] = (await once(large, 'message')) as [number]
    expect(served).toBe(3)
    Atomics.store(stop, 0, 2)
    // It went on between the large steps.
    const [others] = (await once(small, 'message')) as [number]
    expect(others).toBeGreaterThan(3)
    await Promise.all([small.terminate(), large.terminate()])
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
