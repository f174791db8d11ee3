import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SqliteHandle } from './sqlite/handle.ts'
import { backupPath, checkVersion, migrate } from './sqlite/migrate.ts'
import { ENDED } from './sqlite/runs.ts'
import { ACTIVE_CONDITION, APPLICATION_ID, migrations } from './sqlite/schema.ts'
import { openSqlite } from './sqlite.ts'
import { type ProjectStorage, SCHEMA_VERSION } from './storage.ts'
import { describeStorage } from './suite.ts'
import { digestOf, draftOf, emptyBatch, entryOf, runOf, versionOf } from './testing/samples.ts'

/** For places of unknown type: vitest's matchers are typed any. */
const containing = (text: string): unknown => expect.stringContaining(text)
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern)

const tempFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'weir-sqlite-'))

describeStorage('SQLite', async () => {
  const folder = await tempFolder()
  const path = join(folder, 'project.db')
  let storage = openSqlite(path)
  return {
    storage,
    reopen: async () => {
      await storage.close()
      storage = openSqlite(path)
      return storage
    },
    reader: async () => openSqlite(path, { readOnly: true }),
    dispose: async () => {
      await storage.close()
      await rm(folder, { recursive: true })
    },
  }
})

let folder: string
let path: string
beforeEach(async () => {
  folder = await tempFolder()
  path = join(folder, 'project.db')
})
afterEach(() => rm(folder, { recursive: true }))

/** Closes the storage after `work`, also when that fails. */
async function withStorage<T>(work: (storage: ProjectStorage) => T | Promise<T>): Promise<T> {
  const storage = openSqlite(path)
  try {
    return await work(storage)
  } finally {
    await storage.close()
  }
}

/** A database as the first version of Weir left it: made by its own statements, without today's code. */
function writeVersion1(at: string): void {
  const [first] = migrations
  if (first === undefined) throw new Error('there is no migration')
  const old = new DatabaseSync(at)
  old.exec(`PRAGMA journal_mode = WAL; BEGIN; ${first.sql}`)
  old.exec(`
    PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 1;
    UPDATE meta SET value = 7 WHERE key = 'epoch';
    INSERT INTO workflows VALUES ('flow', 1, 5, 0);
    INSERT INTO workflow_versions (name, version, description, digest, source, files, steps, at, hidden)
      VALUES ('flow', 1, NULL, '${digestOf('one')}', 'name: flow', '[]', 1, 5, 0);
    INSERT INTO runs (id, workflow, version, plan, workspace, status, "trigger", priority, created_at, total, done, failed,
      dropped) VALUES ('aaaaaaaa', 'flow', 1, '${digestOf('one')}', 'main', 'running', 'manual', 0, 5, 1, 0, 0, 0);
    INSERT INTO journal VALUES (3, 'aaaaaaaa', 5, '[]');
    COMMIT`)
  old.close()
}

const contents = (): string[] =>
  readdirSync(folder)
    .filter((name) => !name.endsWith('-shm')) // an index in memory, made anew by whoever opens the database first
    .map(
      (name) =>
        `${name} ${createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex')}`,
    )

const caught = (work: () => unknown): unknown => {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('it was expected to fail')
}

describe('versions of the database', () => {
  it('end with the one that the engine names', () => {
    expect(migrations.map((step) => step.version)).toEqual(migrations.map((_, n) => n + 1))
    expect(migrations.at(-1)?.version).toBe(SCHEMA_VERSION)
  })

  it('refuses a newer one with both versions and the fix, and changes nothing', async () => {
    await withStorage((storage) => storage.bumpEpoch())
    const newer = new DatabaseSync(path)
    newer.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}; CREATE TABLE future (x)`)
    const before = contents() // with the newer engine's log beside it, as after a power cut
    expect(before.join()).toContain('project.db-wal')
    for (const readOnly of [false, true]) {
      expect(caught(() => openSqlite(path, { readOnly }))).toMatchObject({
        code: 'database_newer',
        message: matching(new RegExp(`version ${SCHEMA_VERSION + 1}.*up to ${SCHEMA_VERSION}`)),
        context: { fix: containing('start a newer Weir') },
      })
    }
    expect(contents()).toEqual(before)
    newer.close()
    expect(caught(() => openSqlite(path))).toMatchObject({ code: 'database_newer' })
  })

  it('brings one of version 1 up to date, with everything that it held, and keeps a copy', async () => {
    writeVersion1(path)
    expect(checkVersion(path, SCHEMA_VERSION)).toBe(1)
    expect(caught(() => openSqlite(path, { readOnly: true }))).toMatchObject({
      code: 'project_failed',
      message: containing(`version ${SCHEMA_VERSION} yet`),
    })
    await withStorage(async (storage) => {
      expect(checkVersion(path, SCHEMA_VERSION)).toBe(SCHEMA_VERSION)
      expect(await storage.bumpEpoch()).toBe(8)
      expect(await storage.workflow('flow')).toMatchObject({ version: 1, source: 'name: flow', layout: '{}' })
      expect((await storage.runs({ limit: 9, workflow: 'flow' })).map((row) => row.id)).toEqual(['aaaaaaaa'])
      expect(await storage.lastRuns(['flow'])).toHaveLength(1)
      expect(await storage.journal('aaaaaaaa', 0)).toEqual([{ cursor: 3, run: 'aaaaaaaa', at: 5, events: '[]' }])
      expect(await storage.drafts({ limit: 9 })).toEqual([])
      expect(await storage.saveDraft(draftOf(1))).toMatchObject({ revision: 1 })
      const moved = await storage.saveWorkflow(versionOf('flow', 'one', { layout: '{"s":{"x":1,"y":1}}' }))
      expect(moved).toMatchObject({ created: false, version: { version: 1, layout: '{"s":{"x":1,"y":1}}' } })
    })
    expect(checkVersion(backupPath(path, 1), SCHEMA_VERSION)).toBe(1)
  })

  it("refuses another program's database", () => {
    const other = new DatabaseSync(path)
    other.exec('CREATE TABLE bookmarks (x)')
    other.close()
    expect(caught(() => openSqlite(path))).toMatchObject({
      code: 'project_failed',
      message: containing('another program'),
    })
  })

  it('copies a database before it is migrated', async () => {
    await withStorage((storage) => storage.commit({ ...emptyBatch, runs: [runOf('aaaaaaaa')] }))
    const next = { version: SCHEMA_VERSION + 1, sql: "ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT 'none'" }
    const handle = new SqliteHandle(path, false)
    migrate(handle, SCHEMA_VERSION, [...migrations, next])
    expect(handle.get('SELECT note FROM runs')).toEqual({ note: 'none' })
    handle.close()
    expect(checkVersion(path, SCHEMA_VERSION + 1)).toBe(SCHEMA_VERSION + 1)
    const backup = openSqlite(backupPath(path, SCHEMA_VERSION))
    expect(await backup.run('aaaaaaaa')).toEqual(runOf('aaaaaaaa'))
    await backup.close()
  })

  it('leaves a database as it was when a migration fails', async () => {
    await withStorage((storage) => storage.commit({ ...emptyBatch, runs: [runOf('aaaaaaaa')] }))
    const handle = new SqliteHandle(path, false)
    const broken = { version: SCHEMA_VERSION + 1, sql: 'DROP TABLE journal; SELECT * FROM nowhere' }
    expect(() => migrate(handle, SCHEMA_VERSION, [...migrations, broken])).toThrow('nowhere')
    handle.close()
    await withStorage(async (storage) => {
      expect(await storage.run('aaaaaaaa')).toEqual(runOf('aaaaaaaa'))
      expect(await storage.journalAfter(0, 1)).toEqual([])
    })
  })
})

describe('settings', () => {
  it('are those that durability and shrinking need', async () => {
    await withStorage(() => expect(statSync(path).mode & 0o777).toBe(0o600))
    const handle = new SqliteHandle(path, false)
    const pragma = (name: string): unknown => Object.values(handle.get<object>(`PRAGMA ${name}`) ?? {})[0]
    expect(pragma('journal_mode')).toBe('wal')
    expect(pragma('synchronous')).toBe(2) // FULL
    expect(pragma('auto_vacuum')).toBe(2) // INCREMENTAL
    expect(pragma('foreign_keys')).toBe(1)
    handle.close()
  })
})

describe('bad files', () => {
  it('says what to do about a file that is no database', () => {
    writeFileSync(path, 'not a database, though long enough to be taken for one. '.repeat(100))
    expect(caught(() => openSqlite(path))).toMatchObject({
      code: 'project_failed',
      message: containing('damaged'),
      context: { fix: containing('backup') },
    })
  })

  it('says so when pages inside are damaged', async () => {
    await withStorage((storage) =>
      storage.commit({ ...emptyBatch, entries: Array.from({ length: 2_000 }, (_, n) => entryOf('aaaaaaaa', n)) }),
    )
    const bytes = readFileSync(path)
    bytes.fill(0xa5, bytes.length / 2)
    writeFileSync(path, bytes)
    await withStorage((storage) => {
      expect(caught(() => storage.journalAfter(0, 5_000))).toMatchObject({
        code: 'project_failed',
        message: containing('damaged'),
      })
    })
  })

  it('names the folder that is missing', () => {
    const absent = join(folder, 'absent', 'project.db')
    expect(caught(() => openSqlite(absent))).toMatchObject({
      code: 'project_failed',
      message: containing(absent),
    })
    expect(caught(() => openSqlite(path, { readOnly: true }))).toMatchObject({
      code: 'project_failed',
      message: containing('no such file'),
    })
  })
})

describe('giving disk back', () => {
  it('shrinks the file after runs were deleted', async () => {
    await withStorage(async (storage) => {
      const big = 'x'.repeat(1_000)
      const runs = Array.from({ length: 20 }, (_, n) => runOf(`run${n}`, { status: 'succeeded', finishedAt: n }))
      for (const run of runs) {
        const entries = Array.from({ length: 1_000 }, () => ({ run: run.id, at: 1, events: big }))
        await storage.commit({
          ...emptyBatch,
          runs: [run],
          entries,
          blobs: [{ run: run.id, digest: digestOf(run.id) }],
        })
      }
      while (await storage.compact(0));
      const full = statSync(path).size
      expect(full).toBeGreaterThan(20_000_000)
      await storage.deleteRuns(runs.map((run) => run.id))
      let calls = 0
      while (await storage.compact(0)) calls += 1
      expect(calls).toBeGreaterThan(1) // bounded work a call
      expect(statSync(path).size).toBeLessThan(full / 50)
      expect(statSync(`${path}-wal`).size).toBe(0)
    })
  })

  it('goes on with a deletion that was cut short', async () => {
    const entries = Array.from({ length: 9_000 }, (_, n) => entryOf('aaaaaaaa', n))
    const storage = openSqlite(path)
    await storage.commit({ ...emptyBatch, entries, runs: [runOf('aaaaaaaa', { status: 'failed', finishedAt: 1 })] })
    const deletion = storage.deleteRuns(['aaaaaaaa'])
    await storage.close()
    await deletion
    await withStorage(async (again) => {
      expect(await again.run('aaaaaaaa')).toBeNull()
      expect((await again.journalAfter(0, 10_000)).length).toBeGreaterThan(0)
      while (await again.compact(0));
      expect(await again.journalAfter(0, 10_000)).toEqual([])
    })
  })
})

describe('lists of runs', () => {
  it('read an index and sort nothing', async () => {
    await withStorage(() => undefined)
    const handle = new SqliteHandle(path, true)
    const plan = (sql: string): string =>
      handle
        .all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .map((row) => row.detail)
        .join('; ')
    const order = '(created_at, id) < (1, 2) ORDER BY created_at DESC, id DESC LIMIT 5'
    expect(plan(`SELECT * FROM runs WHERE ${order}`)).toMatch(/^SEARCH runs USING INDEX runs_by_time \([^;]*$/)
    expect(plan(`SELECT * FROM runs WHERE status = 'failed' AND ${order}`)).toMatch(
      /^SEARCH runs USING INDEX runs_by_status \([^;]*$/,
    )
    expect(plan(`SELECT * FROM runs WHERE workflow = 'a' AND status = 'failed' AND ${order}`)).toMatch(
      /^SEARCH runs USING INDEX runs_by_workflow \([^;]*$/,
    )
    expect(plan(`SELECT * FROM runs WHERE workflow = 'a' AND created_at >= 5 AND ${order}`)).toMatch(
      /^SEARCH runs USING INDEX runs_by_workflow_time \([^;]*$/,
    )
    const drafts = '(updated_at, id) < (1, 2) ORDER BY updated_at DESC, id DESC LIMIT 5'
    expect(plan(`SELECT id FROM drafts WHERE ${drafts}`)).toMatch(/^SEARCH drafts USING .*drafts_by_time \([^;]*$/)
    expect(plan(`SELECT id FROM drafts WHERE workflow = 'a' AND ${drafts}`)).toMatch(
      /^SEARCH drafts USING .*drafts_by_workflow \([^;]*$/,
    )
    expect(plan(`SELECT id FROM runs WHERE ${ACTIVE_CONDITION} ORDER BY created_at, id`)).toMatch(
      /^SEARCH runs USING COVERING INDEX runs_by_status \(status=\?\); USE TEMP/, // sorts only the active ones
    )
    const ended = `SELECT id FROM ${ENDED} AND (finished_at, id) <= (5, '') ORDER BY finished_at, id LIMIT 5`
    expect(plan(ended)).toMatch(/^SEARCH runs USING (COVERING )?INDEX runs_ended \([^;]*$/)
    handle.close()
  })
})
