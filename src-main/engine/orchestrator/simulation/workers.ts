import type { WorkerOffer } from '../../executors/index.ts'
import type { Command } from '../core/index.ts'
import { offers } from '../testing/code.ts'
import type { Random } from './random.ts'
import { TREE } from './tree.ts'

interface Surroundings {
  readonly random: Random
  /** To the engine that is there now */
  tell(command: Command, delayMs: number): void
  /** All that a worker runs is gone */
  vanish(worker: string): void
}

const LONGEST_WAY_MS = 100
const LONGEST_ABSENCE_MS = 1_000

/** The workers of a schedule: processes of their own, which outlive the engine. */
export class Workers {
  /** Those that are there, by their public name, with what they offer */
  private readonly there = new Map<string, WorkerOffer>()
  private readonly around: Surroundings
  private readonly later: (delayMs: number, act: () => void) => void
  private number = 1

  constructor(around: Surroundings, later: (delayMs: number, act: () => void) => void) {
    this.around = around
    this.later = later
    for (const { id } of TREE) this.join(id)
    this.join('main')
  }

  has(name: string): boolean {
    return this.there.has(name)
  }

  /** A new engine: all that are there connect to it, each in its time. */
  greet(): void {
    for (const name of this.there.keys()) this.say(name)
  }

  /** One of them loses its connection, is drained, offers something else, or is gone for good. */
  change(): void {
    const { random } = this.around
    const [name, offer] = random.pick([...this.there])
    const become = (fields: Partial<WorkerOffer>): void => this.become(name, { ...offer, ...fields })
    const back = random.below(LONGEST_ABSENCE_MS)
    switch (random.below(4)) {
      case 0:
        become({ connected: false })
        return this.later(back, () => this.recover(name))
      case 1:
        become({ draining: true })
        return this.later(back, () => this.recover(name))
      case 2:
        return become({ concurrency: random.below(4), shared: random.below(3) })
      default:
        this.there.delete(name)
        this.around.tell({ type: 'worker', worker: name, offer: null }, random.below(LONGEST_WAY_MS))
        this.around.vanish(name)
        return this.later(back, () => this.join(offer.workspace))
    }
  }

  /** Makes all of them useful. False when they were. */
  mend(): boolean {
    let mended = false
    for (const [name, { connected, draining, concurrency, shared }] of this.there) {
      if (connected && !draining && concurrency > 0 && shared > 0) continue
      this.recover(name)
      mended = true
    }
    return mended
  }

  private recover(name: string): void {
    const offer = this.there.get(name)
    if (offer === undefined) return
    const { concurrency, shared } = offer
    const fields = { concurrency: Math.max(1, concurrency), shared: Math.max(1, shared) }
    this.become(name, { ...offer, ...fields, connected: true, draining: false })
  }

  private join(workspace: string): void {
    const { random } = this.around
    this.become(
      `w${this.number++}`,
      offers({ workspace, concurrency: 1 + random.below(3), shared: 1 + random.below(2) }),
    )
  }

  private become(name: string, offer: WorkerOffer): void {
    this.there.set(name, offer)
    this.say(name)
  }

  private say(worker: string): void {
    const { random, tell } = this.around
    const way = random.below(LONGEST_WAY_MS)
    // What it offers is said when it arrives: nothing that was said before comes after it.
    this.later(way, () => {
      const offer = this.there.get(worker)
      if (offer !== undefined) tell({ type: 'worker', worker, offer }, 0)
    })
  }
}
