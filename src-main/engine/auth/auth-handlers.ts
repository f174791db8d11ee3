import { type authRoutes, ProblemError } from '../../../src-shared/contract/index.ts'
import type { Handlers } from '../http/handler.ts'
import type { Sessions } from './sessions.ts'
import { createThrottle, type Throttle } from './throttle.ts'
import { createTickets, type Tickets } from './tickets.ts'

export interface AuthParts {
  readonly sessions: Sessions
  /** Address of the console in a browser of this machine, with a slash at its end */
  readonly consoleUrl: () => string
  readonly tickets?: Tickets
  readonly throttle?: Throttle
}

export function authHandlers(parts: AuthParts): Handlers<typeof authRoutes> {
  const { sessions, tickets = createTickets(), throttle = createThrottle() } = parts
  return {
    createLink() {
      const { ticket, expiresAt } = tickets.make()
      // In the fragment: that part of an address is never sent, so it stands in no log on the way.
      return { url: `${parts.consoleUrl()}#ticket=${ticket}`, ticket, expiresAt: new Date(expiresAt).toISOString() }
    },
    signIn({ body }, { from }) {
      const wait = throttle.waitOf(from)
      if (wait > 0) throw tooMany(wait)
      if (!tickets.take(body.ticket)) {
        throttle.refused(from)
        throw refused()
      }
      const { token, expiresAt } = sessions.start()
      return { token, expiresAt: new Date(expiresAt).toISOString() }
    },
    signOut(_input, { actor }) {
      if (actor.session === undefined) throw noSession(actor.name)
      sessions.end(actor.session.id)
    },
    me: (_input, { actor }) => ({ name: actor.name, permissions: [...actor.permissions] }),
  }
}

/** The same words whether a ticket was used, is too old, or never was: a guess learns nothing. */
const refused = (): ProblemError =>
  new ProblemError('ticket_refused', 'A sign-in link works once, and for ten minutes; this one does not work now.', {
    field: 'body.ticket',
    fix: 'Make a new link with: weir console',
  })

const tooMany = (waitMs: number): ProblemError =>
  new ProblemError('too_many_requests', 'Too many sign-ins from this address were refused.', {
    fix: `Wait ${Math.ceil(waitMs / 1000)} s, then use a new link from: weir console`,
  })

const noSession = (name: string): ProblemError =>
  new ProblemError(
    'bad_request',
    `This call was made by ${name}, which did not sign in with a link: no session ends.`,
    {
      field: 'header.authorization',
      fix: 'Send the token that the sign-in answered with.',
    },
  )
