/**
 * A clock that follows the machine's and never goes back. It advances with the monotonic clock; when the machine's clock is
 * found ahead (set forward, or the machine slept), it catches up and says by how much; when it is found behind, it
 * waits for it. Times in a run therefore always grow.
 */
export interface Clock {
  /** ms since 1970 */
  now(): number
  /** Compares with the machine's clock; returns by how many ms it was moved forward, 0 when it was not. */
  check(): number
}

/** Less than this between the two clocks is drift, not a jump. */
const JUMP_MS = 2_000

export function createClock(notBefore: number, wall = Date.now, monotonic = () => performance.now()): Clock {
  let base = Math.max(wall(), notBefore) - monotonic()
  let last = 0
  const now = (): number => {
    last = Math.max(last, Math.floor(base + monotonic()))
    return last
  }
  return {
    now,
    check() {
      const ahead = wall() - now()
      if (ahead < JUMP_MS) return 0
      base += ahead
      return ahead
    },
  }
}
