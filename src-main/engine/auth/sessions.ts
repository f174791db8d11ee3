import { setMaxListeners } from 'node:events'
import { type EngineDatabase, openEngineDatabase } from '../storage/index.ts'
import type { Principal } from './principal.ts'
import { digestOf, newSecret } from './random.ts'

/** How long a session lasts. */
export const SESSION_MS = 30 * 24 * 60 * 60_000
/** What a session is called in the audit table. */
const SESSION_NAME = 'console'

/** Sessions of the console in `engine.db`: they outlive the engine, and only the digests of their tokens are kept. */
export interface Sessions {
  start(): { readonly token: string; readonly expiresAt: number }
  /** Who the token stands for; null when it is of no session, or of one that has ended. */
  find(token: string): Principal | null
  /** Ends a session and what it watches. */
  end(id: number): void
  close(): void
}

interface Row {
  readonly id: number
  readonly name: string
  readonly expires_at: number
}

/** Opens its table when it is first needed, so that an engine without a console pays nothing for it. */
export function createSessions(data: string, now: () => number = Date.now): Sessions {
  let opened: EngineDatabase | null = null
  const database = (): EngineDatabase => {
    opened ??= openEngineDatabase(data)
    return opened
  }
  // Read from disk once: every call brings its token, and this engine alone writes the table.
  const known = new Map<string, Known>()
  const forget = (key: string): void => {
    known.get(key)?.end()
    known.delete(key)
  }

  return {
    start() {
      const token = newSecret()
      const expiresAt = now() + SESSION_MS
      database().prepare('DELETE FROM sessions WHERE expires_at <= ?').run(now())
      database()
        .prepare('INSERT INTO sessions (token, name, made_at, expires_at) VALUES (?, ?, ?, ?)')
        .run(digestOf(token), SESSION_NAME, now(), expiresAt)
      return { token, expiresAt }
    },
    find(token) {
      const digest = digestOf(token)
      const key = digest.toString('base64')
      const present = known.get(key)
      if (present !== undefined && present.expiresAt > now()) return present.principal
      if (present !== undefined) {
        forget(key)
        return null
      }
      const row = database()
        .prepare('SELECT id, name, expires_at FROM sessions WHERE token = ? AND expires_at > ?')
        .get(digest, now()) as Row | undefined
      if (row === undefined) return null
      const session = knownOf(row)
      known.set(key, session)
      return session.principal
    },
    end(id) {
      database().prepare('DELETE FROM sessions WHERE id = ?').run(id)
      for (const [key, { principal }] of known) if (principal.session?.id === id) forget(key)
    },
    close() {
      opened?.close()
      opened = null
    },
  }
}

interface Known {
  readonly principal: Principal
  readonly expiresAt: number
  end(): void
}

function knownOf({ id, name, expires_at }: Row): Known {
  const ended = new AbortController()
  setMaxListeners(0, ended.signal) // one for every stream that is open
  return {
    principal: { name, permissions: ['MASTER'], session: { id, ended: ended.signal } },
    expiresAt: expires_at,
    end: () => ended.abort(new Error('signed out')),
  }
}
