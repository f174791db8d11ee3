import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CallContext } from '../http/handler.ts'
import { openAudit } from './audit.ts'
import { type AuthParts, authHandlers } from './auth-handlers.ts'
import { createSessions, SESSION_MS } from './sessions.ts'
import { createThrottle } from './throttle.ts'
import { createTickets, TICKET_MS } from './tickets.ts'

let data: string
let time: number
const now = (): number => time
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'weir-sign-in-'))
  time = Date.parse('2026-11-21T10:00:00.000Z')
})
afterEach(() => rmSync(data, { recursive: true }))

const context = (from = '127.0.0.1', actor: CallContext['actor'] = { name: 'local', permissions: ['MASTER'] }) => ({
  actor,
  from,
  idempotencyKey: null,
  signal: new AbortController().signal,
})
const nothing = { params: {}, query: {}, body: undefined }

const handlersFor = (parts: Pick<AuthParts, 'sessions'>) =>
  authHandlers({
    ...parts,
    consoleUrl: () => 'http://127.0.0.1:7767/console/',
    tickets: createTickets(now),
    throttle: createThrottle(now),
  })

describe('a sign-in link', () => {
  const make = () => {
    const sessions = createSessions(data, now)
    const handlers = handlersFor({ sessions })
    const signIn = async (ticket: string, from?: string) =>
      handlers.signIn({ params: {}, query: {}, body: { ticket } }, context(from))
    const link = async () => handlers.createLink(nothing, context())
    return { sessions, handlers, signIn, link }
  }

  test('has its ticket in the fragment, and signs in once', async () => {
    const { sessions, signIn, link } = make()
    const { url, ticket, expiresAt } = await link()
    expect(url).toBe(`http://127.0.0.1:7767/console/#ticket=${ticket}`)
    expect(Buffer.from(ticket, 'base64url').length).toBeGreaterThanOrEqual(16)
    expect(expiresAt).toBe('2026-11-21T10:10:00.000Z')
    const { token } = await signIn(ticket)
    expect(sessions.find(token)).toMatchObject({ name: 'console', permissions: ['MASTER'] })
    await expect(signIn(ticket)).rejects.toMatchObject({ code: 'ticket_refused' })
    sessions.close()
  })

  test('works for ten minutes; one that is too old and one that never was are refused in the same words', async () => {
    const { sessions, signIn, link } = make()
    const [good, old] = [await link(), await link()]
    time += TICKET_MS - 1
    await signIn(good.ticket)
    time += 1
    const words = async (ticket: string) => signIn(ticket).catch((error: Error) => error.message)
    expect(await words(old.ticket)).toBe(await words('A'.repeat(43)))
    sessions.close()
  })

  test('refusals slow one address down, good tickets of others pass', async () => {
    const { sessions, signIn, link } = make()
    for (let n = 0; n < 10; n += 1) {
      await expect(signIn(`guess-${n}`.padEnd(30, '0'))).rejects.toMatchObject({ code: 'ticket_refused' })
      time += 1_000
    }
    const { ticket } = await link()
    await expect(signIn(ticket)).rejects.toMatchObject({ code: 'too_many_requests' })
    await signIn((await link()).ticket, '127.0.0.2')
    time += 50_000
    await signIn(ticket) // it was not spent by the try that had to wait
    sessions.close()
  })

  test('only the newest hundred wait', async () => {
    const tickets = createTickets(now)
    const first = tickets.make().ticket
    const others = Array.from({ length: 100 }, () => tickets.make().ticket)
    expect(tickets.take(first)).toBe(false)
    expect(others.every((ticket) => tickets.take(ticket))).toBe(true)
  })
})

describe('a session', () => {
  test('outlives the engine, ends after its time, and is on disk only as a digest', () => {
    const before = createSessions(data, now)
    const { token, expiresAt } = before.start()
    expect(expiresAt).toBe(time + SESSION_MS)
    before.close()
    for (const name of readdirSync(data)) expect(readFileSync(join(data, name)).includes(token)).toBe(false)
    const after = createSessions(data, now)
    expect(after.find(token)).toMatchObject({ name: 'console' })
    expect(after.find(`${token}x`)).toBeNull()
    time += SESSION_MS
    expect(after.find(token)).toBeNull()
    after.close()
    const later = createSessions(data, now)
    expect(later.find(token)).toBeNull()
    later.close()
  })

  test('ends when it is signed out, with what it watches; others go on', async () => {
    const sessions = createSessions(data, now)
    const handlers = handlersFor({ sessions })
    const [mine, other] = [sessions.start().token, sessions.start().token]
    const principal = sessions.find(mine)
    if (principal === null) throw new Error('no session')
    expect(sessions.find(mine)).toBe(principal)
    await handlers.signOut(nothing, context('127.0.0.1', principal))
    expect(principal.session?.ended.aborted).toBe(true)
    expect([sessions.find(mine), sessions.find(other)?.session?.ended.aborted]).toEqual([null, false])
    sessions.close()
  })

  test('without one there is nothing to sign out of; everybody is told who they are', async () => {
    const handlers = handlersFor({ sessions: createSessions(data, now) })
    const signOut = async () => handlers.signOut(nothing, context())
    await expect(signOut()).rejects.toMatchObject({ code: 'bad_request' })
    expect(await handlers.me(nothing, context())).toEqual({ name: 'local', permissions: ['MASTER'] })
  })

  test('an engine.db of before there were sessions gets their table, and keeps what it has', async () => {
    const audit = openAudit(data)
    const entry = { at: 'x', actor: 'a', from: 's', action: 'b.c', target: '/', status: 200, code: null }
    await audit.write(entry)
    audit.close()
    const db = new DatabaseSync(join(data, 'engine.db'))
    db.exec('DROP TABLE sessions; DROP TABLE projects; PRAGMA user_version = 1')
    db.close()
    const sessions = createSessions(data, now)
    expect(sessions.find(sessions.start().token)).not.toBeNull()
    sessions.close()
    const again = openAudit(data)
    expect(again.list({ limit: 5 })).toEqual([{ id: 1, ...entry }])
    again.close()
  })
})
