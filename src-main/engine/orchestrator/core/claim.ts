import type { StepResources } from '../../workflows/index.ts'

/**
 * What another project waits for, which was not served for longer than this one. Room that is free goes to it first:
 *
 * - Where the least of its steps fits by now, that room is left to it. It takes it as soon as it is told, so nothing idles.
 * - Where its next step does not fit, though it has waited too long (`isOverdue`), nothing more is started in the room
 *   that the step needs, until enough of what runs has ended.
 *
 * Who is served goes to the end of the line. So a project waits for one service of each other at most, and then for the
 * end of what runs: a stream of small steps starves nobody.
 */
export interface Claim {
  /** What its next step asks for */
  readonly next: StepResources
  /** What the smallest of its steps asks for that found no room */
  readonly least: StepResources
  readonly isOverdue: boolean
}

/** Sums of fractions of a processor drift in binary; less than this is nothing. */
const EPSILON = 1e-6

/** Whether a step that asks for `wanted` would take away what `claim` is for. */
export function takesTurn(claim: Claim, free: StepResources, wanted: StepResources): boolean {
  if (claim.isOverdue && crowds(free, wanted, claim.next)) return true
  return fits(free, claim.least) && crowds(free, wanted, claim.least)
}

const KINDS = ['cpus', 'memoryBytes', 'gpus'] as const

const fits = (free: StepResources, asked: StepResources): boolean =>
  KINDS.every((kind) => asked[kind] <= free[kind] + EPSILON)

/** What takes nothing of a kind is in nobody's way there. */
const crowds = (free: StepResources, wanted: StepResources, asked: StepResources): boolean =>
  KINDS.some((kind) => wanted[kind] > 0 && asked[kind] > 0 && free[kind] - wanted[kind] + EPSILON < asked[kind])

export const isSameClaim = (a: Claim | null, b: Claim | null): boolean =>
  a === b ||
  (a !== null &&
    b !== null &&
    a.isOverdue === b.isOverdue &&
    KINDS.every((kind) => a.next[kind] === b.next[kind] && a.least[kind] === b.least[kind]))

/** Fewer GPUs, then fewer processors, then less memory: what is rarer counts first. */
export const isLess = (a: StepResources, b: StepResources): boolean =>
  a.gpus !== b.gpus ? a.gpus < b.gpus : a.cpus !== b.cpus ? a.cpus < b.cpus : a.memoryBytes < b.memoryBytes
