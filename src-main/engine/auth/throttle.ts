/** Refused sign-ins of one address before it has to wait. */
const MAX_REFUSALS = 10
/** How long a refusal counts. */
const WINDOW_MS = 60_000
/** Addresses that are remembered at the same time. */
const MAX_ADDRESSES = 10_000

/** Slows down whoever tries tickets. */
export interface Throttle {
  /** Milliseconds until this address may try again; 0 when it may now. */
  waitOf(address: string): number
  refused(address: string): void
}

export function createThrottle(now: () => number = Date.now): Throttle {
  const refusals = new Map<string, number[]>()
  const recent = (address: string): number[] => (refusals.get(address) ?? []).filter((at) => at > now() - WINDOW_MS)
  return {
    waitOf(address) {
      const [first = 0, ...others] = recent(address)
      return others.length + 1 < MAX_REFUSALS ? 0 : first + WINDOW_MS - now()
    },
    refused(address) {
      const times = [...recent(address), now()].slice(-MAX_REFUSALS)
      refusals.delete(address) // to its place at the end: those who have not tried for longest are forgotten first
      refusals.set(address, times)
      const [oldest] = refusals.keys()
      if (refusals.size > MAX_ADDRESSES && oldest !== undefined) refusals.delete(oldest)
    },
  }
}
