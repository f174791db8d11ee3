import { digestOf, newSecret } from './random.ts'

/** How long a sign-in link works. */
export const TICKET_MS = 10 * 60_000
/** Links that wait to be used at the same time; a further one takes the place of the oldest. */
const MAX_TICKETS = 100

/** Tickets of sign-in links: kept as digests and only in memory, so that none outlives the engine. */
export interface Tickets {
  make(): { readonly ticket: string; readonly expiresAt: number }
  /** Whether the ticket is good; it never is again. */
  take(ticket: string): boolean
}

export function createTickets(now: () => number = Date.now): Tickets {
  const waiting = new Map<string, number>()
  const forgetExpired = (): void => {
    for (const [key, expiresAt] of waiting) if (expiresAt <= now()) waiting.delete(key)
  }
  return {
    make() {
      forgetExpired()
      const [oldest] = waiting.keys()
      if (waiting.size >= MAX_TICKETS && oldest !== undefined) waiting.delete(oldest)
      const ticket = newSecret()
      const expiresAt = now() + TICKET_MS
      waiting.set(keyOf(ticket), expiresAt)
      return { ticket, expiresAt }
    },
    take(ticket) {
      forgetExpired()
      return waiting.delete(keyOf(ticket))
    },
  }
}

const keyOf = (ticket: string): string => digestOf(ticket).toString('base64')
