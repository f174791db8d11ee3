/** How far a step says that it is. */
export interface StepProgress {
  readonly done: number
  readonly total: number
  /** From 0 to 1 */
  readonly share: number
  /** What it does now; empty when it did not say */
  readonly text: string
}

const COUNTED = /^(\d+(?:\.\d+)?(?:e[+-]?\d+)?) of (\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?:: (.*))?$/s

/** Reads `12 of 40: sample 12`, as the engine tells what code reports; null for what has no end to count to. */
export function progressOf(told: string): StepProgress | null {
  const [, done, total, text] = COUNTED.exec(told) ?? []
  if (done === undefined || total === undefined || Number(total) <= 0) return null
  const share = Math.min(1, Math.max(0, Number(done) / Number(total)))
  return { done: Number(done), total: Number(total), share, text: text ?? '' }
}
