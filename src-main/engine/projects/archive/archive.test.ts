import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { extract, type Header, pack } from 'tar-stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSqlite } from '../../storage/index.ts'
import { digestLine, MANIFEST, pathFault } from './format.ts'
import { createTransfers, type Transfers } from './transfers.ts'
import { MAX_RATIO, RATIO_FROM_BYTES, unpackProject } from './unpack.ts'

/** Archives as they are made, and as somebody who means harm would make them. */
let root: string
let transfers: Transfers
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'weir-archive-'))
  transfers = createTransfers(join(root, 'exports'), () => Date.parse('2026-11-20T10:00:00Z'))
})
afterEach(async () => {
  await transfers.close()
  rmSync(root, { recursive: true, force: true })
})

const never = new AbortController().signal
async function* pieces(body: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += 1_000) yield body.subarray(at, at + 1_000)
}
async function collect(body: AsyncIterable<unknown>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const piece of body) all.push(piece as Uint8Array)
  return Buffer.concat(all)
}

function emptyProject(): string {
  const folder = join(root, 'mice')
  mkdirSync(folder, { recursive: true })
  void openSqlite(join(folder, 'project.db')).close()
  return folder
}
async function exported(folder = emptyProject()): Promise<Buffer> {
  const { id } = await transfers.prepare({ name: 'mice', description: 'all', folder }, 'refuse', never)
  return collect(transfers.file(id).body)
}

interface Member {
  readonly header: Partial<Header> & { readonly name: string }
  readonly body: Buffer
}
async function membersOf(archive: Buffer): Promise<Member[]> {
  const tar = extract()
  tar.end(gunzipSync(archive))
  const members: Member[] = []
  for await (const entry of tar) {
    const { name, type } = entry.header
    members.push({ header: { name, type: type ?? 'file' }, body: await collect(entry) })
  }
  return members
}
async function archiveOf(members: readonly Member[]): Promise<Buffer> {
  const tar = pack()
  for (const { header, body } of members) {
    if (header.type === 'file') tar.entry(header, body)
    else tar.entry(header)
  }
  tar.finalize()
  return gzipSync(await collect(tar))
}
/** With a manifest and a list of digests that fit what is put between. */
async function forged(extra: readonly Member[], manifest: object = {}): Promise<Buffer> {
  const [head, database] = await membersOf(await exported())
  if (head === undefined || database === undefined) throw new Error('no members')
  const files = [database, ...extra]
  const sum = files.reduce((bytes, { body }) => bytes + body.length, 0)
  const said = { ...(JSON.parse(head.body.toString()) as object), files: files.length, bytes: sum, ...manifest }
  const lines = files.map(({ header, body }) =>
    digestLine(header.name, body.length, createHash('sha256').update(body).digest('hex')),
  )
  return archiveOf([
    { header: { name: MANIFEST, type: 'file' }, body: Buffer.from(JSON.stringify(said)) },
    ...files,
    { header: { name: 'digests.jsonl', type: 'file' }, body: Buffer.from(lines.join('')) },
  ])
}
const file = (name: string, text = 'x'): Member => ({ header: { name, type: 'file' }, body: Buffer.from(text) })

let count = 0
async function unpack(archive: Buffer, isTrusted = false): Promise<string> {
  const folder = join(root, `target-${count++}`)
  mkdirSync(folder)
  await unpackProject({
    source: pieces(archive),
    folder,
    isTrusted,
    accept: async () => undefined,
    progress: { files: 0, bytes: 0, received: 0 },
    signal: never,
  })
  return folder
}
const refused = (archive: Buffer, words: string, code = 'archive_invalid') =>
  expect(unpack(archive)).rejects.toMatchObject({ code, message: expect.stringContaining(words) as string })

describe('an archive', () => {
  test('comes back as it was, without links and sockets, which are counted', async () => {
    const folder = emptyProject()
    const archive = await forged([file('runs/r1/a/1/stdout.log', 'hello\n')])
    expect(readFileSync(join(await unpack(archive), 'runs/r1/a/1/stdout.log'), 'utf8')).toBe('hello\n')
    mkdirSync(join(folder, 'runs/r1'), { recursive: true })
    expect(readdirSync(await unpack(await exported(folder)))).toEqual(['project.db'])
  })

  test.each([
    ['../evil', 'leads out of its folder'],
    ['runs/r1/../../evil', 'leads out of its folder'],
    ['/etc/cron.d/evil', 'is absolute'],
    ['C:/evil', 'is absolute'],
    ['runs\\r1\\evil', 'holds a backslash'],
    ['runs/r1/secrets.json', 'is kept for secrets'],
    ['runs/r1/bad\u0001name', 'characters'],
    ['engine.db', 'is none that a project has'],
    [`blobs/00/${'a'.repeat(64)}`, 'is none that a project has'],
    ['.digests.jsonl', 'is none that a project has'],
  ])('that holds the path %s is refused', async (path, words) => {
    expect(pathFault(path)).toContain(words)
    await refused(await forged([file(path)]), words)
    expect(existsSync(join(root, 'evil'))).toBe(false)
  })

  test.each(['symlink', 'link', 'fifo', 'character-device', 'directory'] as const)(
    'with a %s is refused',
    async (type) => {
      const odd = { header: { name: 'runs/r1/odd', type, linkname: '/etc/passwd' }, body: Buffer.alloc(0) }
      await refused(await forged([odd]), 'no regular file')
    },
  )

  test('that was cut off is refused, wherever that was', async () => {
    const archive = await exported()
    for (const part of [0, 1, 10, Math.floor(archive.length / 2), archive.length - 9, archive.length - 1])
      await refused(archive.subarray(0, part), '')
    const members = await membersOf(archive)
    await refused(await archiveOf(members.slice(0, -1)), 'cut off')
    await refused(Buffer.from('no archive at all'), 'no gzipped archive')
  })

  test('in which a file was changed is refused by its name', async () => {
    const members = await membersOf(await forged([file('runs/r1/out.txt', 'true')]))
    const changed = members.map((member) =>
      member.header.name === 'runs/r1/out.txt' ? { ...member, body: Buffer.from('lies') } : member,
    )
    await refused(await archiveOf(changed), 'runs/r1/out.txt is not as it was exported')
    const digest = createHash('sha256').update('true').digest('hex')
    await refused(await forged([file(`blobs/${digest.slice(0, 2)}/${digest}`, 'lies')]), 'another content')
  })

  test('that holds a file twice, or more or less than it says, is refused', async () => {
    await refused(await forged([file('runs/r1/a'), file('runs/r1/a')]), 'twice')
    await refused(await forged([file('runs/r1/a')], { bytes: 10 }), 'more than its manifest says')
    await refused(await forged([file('runs/r1/a')], { files: 1 }), 'more than its manifest says')
    await refused(await forged([], { files: 9 }), 'less than its manifest says')
  })

  test('of a newer Weir is refused with words', async () => {
    await refused(
      await forged([], { format: 2, weir: '9.1.0' }),
      'made by Weir 9.1.0: its format is 2',
      'archive_newer',
    )
    await refused(await forged([], { schema: 99 }), 'schema version 99', 'archive_newer')
    await refused(await forged([], { name: 7 }), 'wrong at name')
  })

  test('that unpacks to very much more than it is needs trust', async () => {
    const zeros = { header: { name: 'runs/r1/zeros', type: 'file' } as const, body: Buffer.alloc(RATIO_FROM_BYTES + 1) }
    const archive = await forged([zeros])
    expect(archive.length * MAX_RATIO).toBeLessThan(RATIO_FROM_BYTES)
    await refused(archive, `${MAX_RATIO} times its size`, 'archive_too_large')
    expect(existsSync(join(await unpack(archive, true), 'runs/r1/zeros'))).toBe(true)
  })

  test('whose database is none of a project, or would let runs go on, is refused', async () => {
    const [head, database, digests] = await membersOf(await exported())
    if (head === undefined || database === undefined || digests === undefined) throw new Error('no members')
    await refused(await archiveOf([head, file('runs/r1/a'), digests]), 'does not begin with a database')
  })
})

test('links and sockets are left out of an archive, and counted', async (context) => {
  if (process.platform === 'win32') return context.skip('no Unix sockets in folders')
  const folder = emptyProject()
  const run = join(folder, 'runs', 'r1')
  mkdirSync(run, { recursive: true })
  const db = openSqlite(join(folder, 'project.db'))
  await db.close()
  writeFileSync(join(run, 'a.txt'), 'a')
  symlinkSync('/etc/passwd', join(run, 'link'))
  const server = createServer().listen(join(run, 's'))
  const { filesIn } = await import('./members.ts')
  const found: string[] = []
  for await (const member of filesIn(run, 'runs/r1', []))
    found.push('leftOut' in member ? `without ${member.leftOut}` : member.path)
  server.close()
  expect(found.sort()).toEqual(['runs/r1/a.txt', 'without runs/r1/link', 'without runs/r1/s'])
})

test('an archive is read once, and given up', async () => {
  const folder = emptyProject()
  const { id } = await transfers.prepare({ name: 'mice', description: '', folder }, 'refuse', never)
  const { body } = transfers.file(id)
  await collect(body)
  expect(transfers.exported(id)).toMatchObject({ state: 'sent', done: transfers.exported(id).total })
  expect(() => transfers.file(id)).toThrow(/read already/)
  const other = await transfers.prepare({ name: 'mice', description: '', folder }, 'refuse', never)
  await transfers.cancel(other.id)
  expect(() => transfers.exported(other.id)).toThrow(/no such export/)
  expect(readdirSync(join(root, 'exports'))).toEqual([])
})
