import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CallContext } from '../http/handler.ts'
import { type NewAuditEntry, openAudit } from './audit.ts'
import { auditHandlers } from './audit-handlers.ts'
import { localAuthenticate, readOrMakeToken } from './local-token.ts'

let data: string
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'weir-auth-'))
})
afterEach(() => rmSync(data, { recursive: true }))

describe('the local token', () => {
  test('is made once, for the owner alone', () => {
    const token = readOrMakeToken(data)
    expect(Buffer.from(token, 'base64url')).toHaveLength(32)
    expect(readOrMakeToken(data)).toBe(token)
    expect(statSync(join(data, 'token')).mode & 0o777).toBe(0o600)
    chmodSync(join(data, 'token'), 0o644)
    readOrMakeToken(data)
    expect(statSync(join(data, 'token')).mode & 0o777).toBe(0o600)
  })

  test('is made anew when the file holds none', () => {
    for (const damaged of ['', 'short', '\n']) {
      writeFileSync(join(data, 'token'), damaged)
      expect(readOrMakeToken(data)).toMatch(/^[\w-]{43}$/)
      expect(readFileSync(join(data, 'token'), 'utf8')).toHaveLength(44)
    }
  })

  test('signs in, and so does the socket; nothing else does', () => {
    const authenticate = localAuthenticate('secret')
    const master = { name: 'local', permissions: ['MASTER'] }
    expect(authenticate({ viaSocket: false, bearer: 'secret' })).toEqual(master)
    expect(authenticate({ viaSocket: true, bearer: null })).toEqual(master)
    for (const bearer of [null, '', 'Secret', 'secret ', 'secre'])
      expect(authenticate({ viaSocket: false, bearer })).toBeNull()
  })
})

const entry = (over: Partial<NewAuditEntry> = {}): NewAuditEntry => ({
  at: '2026-11-21T10:00:00.000Z',
  actor: 'local',
  from: 'socket',
  action: 'runs.start',
  target: '/api/v1/projects/default/runs',
  status: 201,
  code: null,
  ...over,
})
const context: CallContext = {
  actor: { name: 'local', permissions: ['MASTER'] },
  from: 'socket',
  idempotencyKey: null,
  signal: new AbortController().signal,
}

describe('the audit table', () => {
  test('keeps what is written, also when the process ends without closing it', async () => {
    const audit = openAudit(data)
    await Promise.all([audit.write(entry()), audit.write(entry({ status: 403, code: 'forbidden', actor: 'ana' }))])
    const other = openAudit(data)
    expect(other.list({ limit: 10 })).toEqual([
      { id: 2, ...entry({ status: 403, code: 'forbidden', actor: 'ana' }) },
      { id: 1, ...entry() },
    ])
    other.close()
    audit.close()
  })

  test('is on disk before a write resolves: WAL, with a sync at every commit', () => {
    openAudit(data).close()
    const db = new DatabaseSync(join(data, 'engine.db'))
    expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
    db.close()
  })

  test('refuses one that a newer Weir wrote, and leaves it as it is', () => {
    openAudit(data).close()
    const db = new DatabaseSync(join(data, 'engine.db'))
    db.exec('PRAGMA user_version = 99')
    db.close()
    expect(() => openAudit(data)).toThrow(
      expect.objectContaining({ code: 'database_newer', message: expect.stringContaining('99') }),
    )
    expect(() => openAudit(data)).toThrow(expect.objectContaining({ code: 'database_newer' }))
  })

  test('pages from the newest to the oldest, and finds by who and what', async () => {
    const audit = openAudit(data)
    for (let n = 0; n < 7; n += 1)
      await audit.write(entry({ status: 200 + n, actor: n % 2 === 0 ? 'ana' : 'bo', action: n < 3 ? 'a.b' : 'c.d' }))
    const { list } = auditHandlers(audit)
    const page = async (query: { limit: number; cursor?: string; actor?: string; action?: string }) =>
      list({ params: {}, query, body: undefined }, context)
    const first = await page({ limit: 3 })
    expect(first.items.map(({ status }) => status)).toEqual([206, 205, 204])
    const second = await page({ limit: 3, cursor: first.next ?? '' })
    expect(second.items.map(({ status }) => status)).toEqual([203, 202, 201])
    const third = await page({ limit: 3, cursor: second.next ?? '' })
    expect([third.items.map(({ status }) => status), third.next]).toEqual([[200], null])
    expect((await page({ limit: 9, actor: 'ana', action: 'a.b' })).items.map(({ status }) => status)).toEqual([
      202, 200,
    ])
    await expect(page({ limit: 3, cursor: "1' OR 1=1" })).rejects.toMatchObject({ code: 'bad_request' })
    audit.close()
  })
})
