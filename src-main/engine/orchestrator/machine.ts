import type { StepResources } from '../workflows/index.ts'

/**
 * The machine that the projects of an engine share. Each project's thread decides for itself what it starts; what it has
 * set aside stands in memory that all threads see, and a lock is held from looking at the others to booking one's
 * own: two projects never take the same processor, memory or GPU.
 */
export interface Machine {
  /**
   * Decides what is started while no other project can.
   * @param decide is told what the others have set aside, and answers what this project has from now on
   */
  alone(decide: (others: StepResources) => Booking): void
  /** Told when another project gave something back that this one may have waited for. */
  onRoom(listener: () => void): void
  close(): void
}

export interface Booking {
  readonly used: StepResources
  /** Something is queued: whoever gives back tells */
  readonly wants: boolean
}

/** Projects that may be open at a time. */
export const SLOTS = 256
const FIELDS = 4
const LOCK_BYTES = 8
/** Beside the lock: places up to here have been taken, so that nobody looks at all of them at every decision. */
const TAKEN = 1
const NOTHING = { cpus: 0, memoryBytes: 0, gpus: 0 }

export interface MachinePlace {
  readonly shared: SharedArrayBuffer
  readonly slot: number
  /** Name of the channel on which projects tell each other that there is room */
  readonly channel: string
}

export const createShared = (): SharedArrayBuffer =>
  new SharedArrayBuffer(LOCK_BYTES + SLOTS * FIELDS * Float64Array.BYTES_PER_ELEMENT)

/** For a project that was closed: it holds nothing. Called when its thread has ended. */
export function vacateSlot(shared: SharedArrayBuffer, slot: number): void {
  releaseLock(shared, slot)
  const { fields } = viewsOf(shared)
  fields.fill(0, slot * FIELDS, (slot + 1) * FIELDS)
}

/** For a thread that died: what its executions hold stays booked, but the lock must not stay with it. */
export function releaseLock(shared: SharedArrayBuffer, slot: number): void {
  const { lock } = viewsOf(shared)
  if (Atomics.compareExchange(lock, 0, slot + 1, 0) === slot + 1) Atomics.notify(lock, 0)
}

export function joinMachine({ shared, slot, channel: name }: MachinePlace): Machine {
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
        const { others, isWanted } = lookAround(fields, mine, (lock[TAKEN] ?? 0) * FIELDS)
        const { used, wants } = decide(others)
        isRoom =
          isWanted &&
          (used.cpus < at(fields, mine) || used.memoryBytes < at(fields, mine + 1) || used.gpus < at(fields, mine + 2))
        fields.set([used.cpus, used.memoryBytes, used.gpus, wants ? 1 : 0], mine)
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
  alone: (decide) => void decide(NOTHING),
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

function lookAround(fields: Float64Array, mine: number, end: number): { others: StepResources; isWanted: boolean } {
  const others = { ...NOTHING }
  let isWanted = false
  for (let i = 0; i < end; i += FIELDS) {
    if (i === mine) continue
    others.cpus += at(fields, i)
    others.memoryBytes += at(fields, i + 1)
    others.gpus += at(fields, i + 2)
    if (at(fields, i + 3) === 1) isWanted = true
  }
  return { others, isWanted }
}

const at = (fields: Float64Array, index: number): number => fields[index] ?? 0

const viewsOf = (shared: SharedArrayBuffer): { lock: Int32Array; fields: Float64Array } => ({
  lock: new Int32Array(shared, 0, 2),
  fields: new Float64Array(shared, LOCK_BYTES),
})
