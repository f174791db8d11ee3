import type { StepResources } from '../workflows/index.ts'
import type { Claim } from './core/index.ts'

/**
 * The machine that the projects of an engine share. Each project's thread decides for itself what it starts; what it has
 * set aside stands in memory that all threads see, and a lock is held from looking at the others to booking one's
 * own: two projects never take the same processor, memory or GPU.
 *
 * Projects that found no room stand in line, by when they were served last. Whoever decides is told what the first of them waits for,
 * if that one goes before it; what it leaves to that one, the core decides (core/claim.ts).
 */
export interface Machine {
  /**
   * Decides what is started while no other project can.
   * @param decide is told what the others have set aside and what goes before this project, and answers what this project
   *   has and waits for from now on
   */
  alone(decide: (others: StepResources, claim: Claim | null) => Booking): void
  /** Told when another project gave something back that this one may have waited for. */
  onRoom(listener: () => void): void
  close(): void
}

export interface Booking {
  readonly used: StepResources
  /** Something is queued: whoever gives back tells */
  readonly wants: boolean
  /** What of that found no room on the machine; null when it waits for something else, or for nothing */
  readonly lacks?: Lack | null
  /** Something was started: this project goes to the end of the line */
  readonly served?: boolean
}

export type Lack = Pick<Claim, 'next' | 'least'>

/** How long a project waits until room is kept free for a step of it that is too large for what is free, in ms. */
export const CLAIM_AFTER_MS = 60_000

/** Projects that may be open at a time. */
export const SLOTS = 256
/** Of a project: what it has (3), whether it wants, since when it stands in line, its next (3) and its smallest step (3). */
const FIELDS = 11
const WANTS = 3
const SINCE = 4
const NEXT = 5
const LEAST = 8
const LOCK_BYTES = 8
/** Beside the lock: places up to here have been taken, so that nobody looks at all of them at every decision. */
const TAKEN = 1
const NOTHING = { cpus: 0, memoryBytes: 0, gpus: 0 }

export interface MachinePlace {
  readonly shared: SharedArrayBuffer
  readonly slot: number
  /** Name of the channel on which projects tell each other that there is room */
  readonly channel: string
  /** Instead of {@link CLAIM_AFTER_MS}, for tests */
  readonly claimAfterMs?: number
}

export const createShared = (): SharedArrayBuffer =>
  new SharedArrayBuffer(LOCK_BYTES + SLOTS * FIELDS * Float64Array.BYTES_PER_ELEMENT)

/** For a project that was closed: it holds nothing. Called when its thread has ended. */
export function vacateSlot(shared: SharedArrayBuffer, slot: number): void {
  releaseLock(shared, slot)
  const { fields } = viewsOf(shared)
  fields.fill(0, slot * FIELDS, (slot + 1) * FIELDS)
}

/**
 * For a thread that died: what its executions hold stays booked, but it stands in line no more, and those who left room to
 * it are told.
 */
export function leaveLine({ shared, slot, channel: name }: MachinePlace): void {
  viewsOf(shared).fields.fill(0, slot * FIELDS + WANTS, (slot + 1) * FIELDS)
  const channel = new BroadcastChannel(name)
  channel.postMessage(slot)
  channel.close()
}

/** For a thread that died: the lock must not stay with it. */
export function releaseLock(shared: SharedArrayBuffer, slot: number): void {
  const { lock } = viewsOf(shared)
  if (Atomics.compareExchange(lock, 0, slot + 1, 0) === slot + 1) Atomics.notify(lock, 0)
}

export function joinMachine({ shared, slot, channel: name, claimAfterMs = CLAIM_AFTER_MS }: MachinePlace): Machine {
  const { lock, fields } = viewsOf(shared)
  const channel = new BroadcastChannel(name)
  // It must not keep a thread alive that has nothing else to do.
  ;(channel as unknown as { unref(): void }).unref()
  const mine = slot * FIELDS
  takeLock(lock, slot + 1)
  lock[TAKEN] = Math.max(lock[TAKEN] ?? 0, slot + 1)
  releaseLock(shared, slot)
  return {
    alone(decide) {
      takeLock(lock, slot + 1)
      let isRoom: boolean
      try {
        const { others, isWanted, first } = lookAround(fields, mine, (lock[TAKEN] ?? 0) * FIELDS)
        const booking = decide(others, first === null ? null : claimAt(fields, first, steadyMs() - claimAfterMs))
        isRoom = book(fields, mine, booking) && isWanted
      } finally {
        Atomics.store(lock, 0, 0)
        Atomics.notify(lock, 0, 1)
      }
      if (isRoom) channel.postMessage(slot)
    },
    onRoom(listener) {
      channel.onmessage = () => listener()
    },
    close: () => channel.close(),
  }
}

/** A machine that no other project uses; for tests. */
export const ownMachine = (): Machine => ({
  alone: (decide) => void decide(NOTHING, null),
  onRoom: () => undefined,
  close: () => undefined,
})

function takeLock(lock: Int32Array, owner: number): void {
  for (;;) {
    const holder = Atomics.compareExchange(lock, 0, 0, owner)
    if (holder === 0) return
    // Returns at once when the holder has let go meanwhile.
    Atomics.wait(lock, 0, holder)
  }
}

interface Around {
  readonly others: StepResources
  readonly isWanted: boolean
  /** Where the project stands that goes before this one; null when none does */
  readonly first: number | null
}

function lookAround(fields: Float64Array, mine: number, end: number): Around {
  const others = { ...NOTHING }
  let isWanted = false
  let first: number | null = null
  for (let i = 0; i < end; i += FIELDS) {
    if (i === mine) continue
    others.cpus += at(fields, i)
    others.memoryBytes += at(fields, i + 1)
    others.gpus += at(fields, i + 2)
    if (at(fields, i + WANTS) === 1) isWanted = true
    if (at(fields, i + SINCE) > 0 && (first === null || goesBefore(fields, i, first))) first = i
  }
  // Who does not stand in line yet comes after all who do.
  const isBefore = first !== null && (at(fields, mine + SINCE) === 0 || goesBefore(fields, first, mine))
  return { others, isWanted, first: isBefore ? first : null }
}

/** Never both ways round: of two that came in the same moment the one in the lower place is first. */
const goesBefore = (fields: Float64Array, a: number, b: number): boolean =>
  at(fields, a + SINCE) < at(fields, b + SINCE) || (at(fields, a + SINCE) === at(fields, b + SINCE) && a < b)

const resourcesAt = (fields: Float64Array, index: number): StepResources => ({
  cpus: at(fields, index),
  memoryBytes: at(fields, index + 1),
  gpus: at(fields, index + 2),
})

const claimAt = (fields: Float64Array, index: number, overdueBefore: number): Claim => ({
  next: resourcesAt(fields, index + NEXT),
  least: resourcesAt(fields, index + LEAST),
  isOverdue: at(fields, index + SINCE) < overdueBefore,
})

/**
 * Writes what a project has and waits for. True when others may find room that was not there before. Runs with every decision,
 * tens of thousands in a fan-out: it makes no objects, and reads the clock only where somebody comes into the line.
 */
function book(fields: Float64Array, mine: number, { used, wants, lacks, served }: Booking): boolean {
  const before = at(fields, mine + SINCE)
  const since = lacks == null ? 0 : before === 0 || served === true ? steadyMs() : before
  const isLess = putAll(fields, mine, used) < 0
  fields[mine + WANTS] = wants ? 1 : 0
  fields[mine + SINCE] = since
  if (lacks == null) return isLess || before > 0
  const isNextOther = putAll(fields, mine + NEXT, lacks.next) !== 0
  const isLeastOther = putAll(fields, mine + LEAST, lacks.least) !== 0
  // It was served, or waits for something else: what was left to it may be for others.
  return isLess || (before > 0 && (since !== before || isNextOther || isLeastOther))
}

/** Answers less than 0 when something became less, more when something else changed, 0 when nothing did. */
function putAll(fields: Float64Array, index: number, { cpus, memoryBytes, gpus }: StepResources): number {
  const [wereCpus, wereBytes, wereGpus] = [at(fields, index), at(fields, index + 1), at(fields, index + 2)]
  fields[index] = cpus
  fields[index + 1] = memoryBytes
  fields[index + 2] = gpus
  if (cpus < wereCpus || memoryBytes < wereBytes || gpus < wereGpus) return -1
  return cpus === wereCpus && memoryBytes === wereBytes && gpus === wereGpus ? 0 : 1
}

/** One for all threads, whatever happens to the machine's clock. */
const steadyMs = (): number => Number(process.hrtime.bigint() / 1_000n) / 1_000

const at = (fields: Float64Array, index: number): number => fields[index] ?? 0

const viewsOf = (shared: SharedArrayBuffer): { lock: Int32Array; fields: Float64Array } => ({
  lock: new Int32Array(shared, 0, 2),
  fields: new Float64Array(shared, LOCK_BYTES),
})
