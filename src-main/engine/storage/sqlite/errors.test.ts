import { constants } from 'node:os'
import { describe, expect, it } from 'vitest'
import { SQLITE, sqliteCode, storageProblem } from './errors.ts'

/** For places of unknown type: vitest's matchers are typed any. */
const containing = (text: string): unknown => expect.stringContaining(text)
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern)

const path = '/data/projects/default/project.db'
const thrown = (errcode: number, systemErrno?: number): Error =>
  Object.assign(new Error('what SQLite says'), { code: 'ERR_SQLITE_ERROR', errcode, systemErrno })
const { ENOSPC, EDQUOT, EROFS, EACCES, ENOENT, EIO } = constants.errno
/** SQLITE_IOERR_FSYNC and SQLITE_READONLY_DBMOVED: extended codes carry the primary one in their low byte. */
const [IOERR_FSYNC, READONLY_DBMOVED] = [SQLITE.IOERR | (4 << 8), SQLITE.READONLY | (4 << 8)]

describe('storageProblem', () => {
  it.each([
    ['a full disk', thrown(SQLITE.FULL), 'disk_full', 'full', 'Free some space'],
    ['a full disk at fsync', thrown(IOERR_FSYNC, ENOSPC), 'disk_full', 'full', 'Free some space'],
    ['a full quota', thrown(SQLITE.IOERR, EDQUOT), 'disk_full', 'full', 'Free some space'],
    ['a read-only file', thrown(SQLITE.READONLY), 'project_failed', 'read-only', 'mount its disk for writing'],
    ['a moved file', thrown(READONLY_DBMOVED), 'project_failed', 'read-only', 'mount its disk for writing'],
    ['a read-only disk', thrown(SQLITE.CANTOPEN, EROFS), 'project_failed', 'read-only', 'mount its disk for writing'],
    [
      'a refused folder',
      thrown(SQLITE.CANTOPEN, EACCES),
      'project_failed',
      'read-only',
      'Let the user of the engine write',
    ],
    ['an absent folder', thrown(SQLITE.CANTOPEN, ENOENT), 'project_failed', 'no such file', 'exists'],
    ['a damaged file', thrown(SQLITE.CORRUPT), 'project_failed', 'damaged', '.recover'],
    ['a failing disk', thrown(SQLITE.IOERR, EIO), 'project_failed', 'disk failed', 'dmesg'],
    ['a lock', thrown(SQLITE.BUSY), 'project_failed', 'Another process', 'Close the program'],
    [
      'a full disk at creation',
      Object.assign(new Error('open'), { errno: -ENOSPC }),
      'disk_full',
      'full',
      'Free some space',
    ],
    [
      'a folder of others',
      Object.assign(new Error('open'), { errno: -EACCES }),
      'project_failed',
      'read-only',
      'Let the user',
    ],
    ['a message without a code', new Error('database or disk is full'), 'disk_full', 'full', 'Free some space'],
  ])('puts %s into words', (_, error, code, words, fix) => {
    expect(storageProblem(error, path)).toMatchObject({
      code,
      message: matching(new RegExp(`(?=.*${words})(?=.*${path})`)),
      context: { fix: containing(fix), cause: error },
    })
  })

  it('hands back what has no remedy outside the code', () => {
    const SQLITE_CONSTRAINT = 19
    for (const error of [thrown(SQLITE_CONSTRAINT), new Error('anything'), 'text', null]) {
      expect(storageProblem(error, path)).toBe(error)
    }
    expect(sqliteCode(new Error('anything'))).toBeNull()
  })
})
