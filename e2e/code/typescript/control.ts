import { Cancelled, context, gather, suspend, suspense, task, workflow } from 'weir-sdk'
import { gate, mark, openGate } from './marks.ts'

/** Retries, time limits, cancelling, waiting without a process, order and limits. */
export class Hopeless extends Error {}

function tries(name: string, fails: number): number {
  const count = mark(name)
  if (count <= fails) throw new Error(`try ${count}`)
  return count
}

export const limited = task({ retries: { limit: 2, minDelay: 10 } }, (name: string, fails: number) =>
  tries(name, fails),
)
export const stubborn = task({ retries: { limit: 'unlimited', minDelay: 0 } }, (name: string, fails: number) =>
  tries(name, fails),
)
export const patient = task({ retries: { limit: 2, minDelay: 100, maxDelay: 400 } }, (name: string, fails: number) =>
  tries(name, fails),
)
export const moody = task(
  { retries: { limit: 2, minDelay: 100, maxDelay: 200, backoff: 'random' } },
  (name: string, fails: number) => tries(name, fails),
)
export const picky = task(
  { retries: { limit: 5, minDelay: 10, when: (error) => !(error instanceof Hopeless) } },
  (name: string): number => {
    mark(name)
    throw new Hopeless('no use')
  },
)
export const once = task((name: string) => tries(name, 1))

export const retry = workflow((how: 'limited' | 'stubborn' | 'patient' | 'moody', name: string, fails: number) =>
  ({ limited, stubborn, patient, moody })[how](name, fails),
)
export const choosy = workflow((name: string) => picky(name))
export const single = workflow((name: string) => once(name))
export const more = workflow((name: string) => once.with({ retries: { limit: 1, minDelay: 10 } })(name))

export const slow = task({ timeout: '1s', retries: { limit: 1, minDelay: 10 } }, async (name: string) => {
  const count = mark(name)
  if (count === 1) await gate(`${name}-never`)
  return count
})
export const timely = workflow((name: string) => slow(name))

export const waits = task(async (name: string) => {
  mark(name, 'b')
  await gate(name)
  mark(name, 'e')
  return name
})
export const calls_waits = task((name: string) => waits(name))
export const tree = workflow((name: string) => gather([waits.submit(name), calls_waits.submit(`${name}-inner`)]))
export const own_run = workflow((name: string) => waits(name))
export const above = workflow((name: string) => own_run(name))

export const drops = workflow(async (name: string) => {
  const handle = waits.submit(name)
  await gate(`${name}-go`)
  await handle.cancel()
  try {
    await handle.result()
  } catch (error) {
    if (error instanceof Cancelled) return 'cancelled'
    throw error
  }
  return 'it ended'
})

export const fails_late = task(async (name: string): Promise<void> => {
  waits.submit(name)
  await gate(`${name}-go`)
  throw new Hopeless('with children')
})
export const orphans = workflow(async (name: string) => {
  try {
    await fails_late(name)
  } catch (error) {
    if (error instanceof Hopeless) return error.message
    throw error
  }
  return 'it did not fail'
})
export const leaves = workflow((name: string) => {
  waits.submit(name)
  return 'early'
})

export const naps = workflow(async (name: string) => {
  mark(name, 's')
  const handle = waits.submit(`${name}-step`)
  return suspense(async () => [context().attempt, await handle.result()])
})
export const ready = workflow(async (name: string) => {
  mark(name, 's')
  const handle = limited.submit(`${name}-step`, 0)
  await handle.result()
  return suspense(async () => [context().attempt, await handle.result()])
})
export const pauses = workflow(async (name: string) => {
  if (mark(name) < 3) await suspend(20)
  return context().attempt
})

export const late = task({ delay: 200 }, (name: string) => name)
export const delayed = workflow((name: string) => late(name))

export const newest = task({ defer: { delay: 1500, parameters: ['name'] } }, (name: string, n: number) => {
  mark(name)
  return n
})
export const defers = workflow((name: string) => gather([1, 2, 3].map((n) => newest.submit(name, n))))

export const looks = task({ recurrent: 10 }, (name: string): number | null => {
  const count = mark(name)
  return count >= 3 ? count : null
})
export const recurs = workflow((name: string) => looks(name))

export const trains = task({ requires: ['gpu'] }, () => 'trained')
export const needs_gpu = workflow(() => trains())

export const exclusive = task(
  { concurrency: { limit: 1, parameters: ['_key'] } },
  async (_key: string, name: string) => {
    mark(name, 'b')
    await gate(name)
    mark(name, 'e')
    return name
  },
)
export const locks = workflow((name: string) =>
  gather(['a', 'a', 'b'].map((key, i) => exclusive.submit(key, `${name}-${i}`))),
)

export const ordered = task({ concurrency: 1 }, async (name: string, letter: string) => {
  if (letter === '-') await gate(name)
  mark(name, letter)
  return letter
})
export const priorities = workflow(async (name: string) => {
  const first = ordered.submit(name, '-')
  const rest = (
    [
      ['c', -5],
      ['a', 50],
      ['b', 0],
    ] as const
  ).map(([letter, priority]) => ordered.with({ priority }).submit(name, letter))
  for (const handle of rest) await handle.step() // on record
  openGate(name)
  await gather([first, ...rest])
})

export const pure = task({ isolation: 'shared' }, (n: number) => n * 2)
export const impure = task({ isolation: 'shared' }, (n: number) => pure(n))
export const shares = workflow(async (n: number) => {
  const all = await gather(Array.from({ length: n }, (_, i) => pure.submit(i)))
  return all.reduce((a, b) => a + b, 0)
})
export const shares_badly = workflow(async () => {
  try {
    await impure(1)
  } catch (error) {
    return String(error)
  }
  return 'it was let through'
})

export const dives = task((depth: number): void => dig(depth + 1))
/** Goes on without waiting, so that no process is kept. */
const dig = (depth: number): void => void dives.submit(depth)
export const sinks = workflow((depth = 0) => dives(depth))
