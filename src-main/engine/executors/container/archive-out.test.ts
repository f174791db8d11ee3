import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pack } from 'tar-stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PLACED_AT, packWork } from './archive-in.ts'
import { linkedEntry, unpackWork } from './archive-out.ts'
import { DockerUnreachable } from './errors.ts'

type Entry = Parameters<ReturnType<typeof pack>['entry']>[0] & { body?: string }

const tarOf = (...entries: Entry[]): Readable => {
  const tar = pack()
  for (const { body, ...header } of entries) tar.entry(header, body ?? '')
  tar.finalize()
  return Readable.from(tar, { objectMode: false })
}

describe('unpackWork', () => {
  let folder: string
  let work: string
  const signal = new AbortController().signal
  const nothing = () => false
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-unpack-'))
    work = join(folder, 'work')
    await mkdir(work)
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('writes files, folders and programs', async () => {
    const tar = tarOf(
      { name: 'out/', type: 'directory' },
      { name: 'out/a.txt', body: 'a' },
      { name: 'out/run.sh', mode: 0o755, body: 'b' },
    )
    const { paths } = await unpackWork(tar, work, nothing, signal)
    expect([...paths]).toEqual(['out', 'out/a.txt', 'out/run.sh'])
    expect(await readFile(join(work, 'out/a.txt'), 'utf8')).toBe('a')
    expect((await stat(join(work, 'out/run.sh'))).mode & 0o777).toBe(0o755)
  })

  it.each(['../evil', '/etc/evil', 'a/../../evil', 'a\\..\\..\\evil'])('refuses the path %s', async (name) => {
    await expect(unpackWork(tarOf({ name, body: 'x' }), work, nothing, signal)).rejects.toMatchObject({
      failure: { code: 'output_outside' },
    })
    expect(await readdir(folder)).toEqual(['work'])
  })

  it('never writes through a link, not of this archive and not of an earlier one', async () => {
    await symlink(folder, join(work, 'earlier'))
    const tar = tarOf(
      { name: 'link', type: 'symlink', linkname: '..' },
      { name: 'link/evil', body: 'x' },
      { name: 'earlier/', type: 'directory' },
      { name: 'earlier/evil', body: 'x' },
    )
    await unpackWork(tar, work, nothing, signal)
    expect(await readdir(folder)).toEqual(['work'])
    expect(await readFile(join(work, 'earlier/evil'), 'utf8')).toBe('x')
  })

  it('refuses a hard link that leads out', async () => {
    await writeFile(join(folder, 'secret'), 's')
    const tar = tarOf({ name: 'hard', type: 'link', linkname: '../secret' })
    await expect(unpackWork(tar, work, nothing, signal)).rejects.toMatchObject({ failure: { code: 'output_outside' } })
  })

  it('makes links at the end, absolute ones of the container relative, and no pipes or devices', async () => {
    const tar = tarOf(
      { name: 'out/abs', type: 'symlink', linkname: '/weir/work/data/x' },
      { name: 'out/outside', type: 'symlink', linkname: '/etc/passwd' },
      { name: 'out/pipe', type: 'fifo' },
      { name: 'out/dev', type: 'character-device', devmajor: 1, devminor: 3 },
    )
    const { links, specials } = await unpackWork(tar, work, nothing, signal)
    expect(await readlink(join(work, 'out/abs'))).toBe('../data/x')
    expect(specials).toEqual(['out/pipe', 'out/dev'])
    expect([...links].map(([path, target]) => linkedEntry(path, target))).toEqual(['data', null])
    expect((await readdir(join(work, 'out'))).sort()).toEqual(['abs', 'outside'])
  })

  it('leaves what comes back as it was put in', async () => {
    await writeFile(join(work, 'same'), 'old')
    const tar = tarOf({ name: 'same', body: 'old', mtime: PLACED_AT }, { name: 'other', body: 'new', mtime: PLACED_AT })
    const before = (await stat(join(work, 'same'))).mtimeMs
    await unpackWork(tar, work, (path) => path === 'same', signal)
    expect((await stat(join(work, 'same'))).mtimeMs).toBe(before)
    expect(await readFile(join(work, 'other'), 'utf8')).toBe('new')
  })

  it('tells a copy that broke off from a fault of the disk', async () => {
    const whole = await tarOf({ name: 'a', body: 'x'.repeat(5_000) }).toArray()
    const cut = Readable.from([Buffer.concat(whole).subarray(0, 2_000)], { objectMode: false })
    await expect(unpackWork(cut, work, nothing, signal)).rejects.toBeInstanceOf(DockerUnreachable)
    await rm(work, { recursive: true })
    await writeFile(work, 'not a folder')
    await expect(unpackWork(tarOf({ name: 'a', body: 'x' }), work, nothing, signal)).rejects.toMatchObject({
      code: expect.stringMatching(/ENOTDIR|EEXIST/),
    })
  })

  it('gives back what packWork packed', async () => {
    const source = join(folder, 'source')
    await mkdir(join(source, 'deep'), { recursive: true })
    await writeFile(join(source, 'deep/a'), 'a', { mode: 0o755 })
    await writeFile(join(source, 'left-out'), 'b')
    const tar = packWork(source, (path) => path === 'left-out', ['sub/folder'])
    const { paths } = await unpackWork(tar, work, nothing, signal)
    expect([...paths]).toEqual(['weir', 'weir/work', 'weir/work/sub/folder', 'weir/work/deep', 'weir/work/deep/a'])
  })
})
