import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { describe, expect, it } from 'vitest'
import { tarOf } from '../export/tar.ts'
import { bundlesOf } from './bundle.ts'
import { filesInArchive } from './untar.ts'

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
const SOURCE = 'name: flow\nfiles: [scripts]\nsteps: {a: {run: scripts/go.sh}}\n'
const ENTRIES = [
  { path: 'flow/weir.yaml', body: bytes(SOURCE) },
  { path: 'flow/scripts/go.sh', body: bytes('x'.repeat(700)), isExecutable: true },
  { path: `flow/scripts/${'folder/'.repeat(18)}größe.txt`, body: bytes('deep') },
]
const archive = (name = 'flow.tar', entries = ENTRIES): File => new File([tarOf(entries, 0)], name)

/** As GNU tar and others write it. */
async function foreign(headers: readonly Record<string, unknown>[]): Promise<File> {
  const tar = pack()
  for (const header of headers) tar.entry(header as { name: string }, header['type'] === 'file' ? 'body' : '')
  tar.finalize()
  const parts: BlobPart[] = []
  for await (const part of tar) parts.push(new Uint8Array(part as Buffer))
  return new File(parts, 'other.tar')
}

describe('filesInArchive', () => {
  it('reads what the export has written, with the right to be executed', async () => {
    const files = await filesInArchive(archive())
    expect(files.map(({ path, isExecutable }) => [path, isExecutable ?? false])).toEqual(
      ENTRIES.map(({ path, isExecutable }) => [path, isExecutable ?? false]),
    )
    for (const [i, { file }] of files.entries())
      expect(new Uint8Array(await file.arrayBuffer())).toEqual(ENTRIES[i]?.body)
  })

  it('reads one that is packed with gzip', async () => {
    const packed = new File([new Uint8Array(gzipSync(await archive().bytes()))], 'flow.tar.gz')
    expect((await filesInArchive(packed)).map(({ path }) => path)).toEqual(ENTRIES.map(({ path }) => path))
  })

  it('reads long names of others, and leaves out folders and links', async () => {
    const name = `./${'long-'.repeat(40)}name.txt`
    const found = await filesInArchive(
      await foreign([
        { name: 'flow/', type: 'directory' },
        { name: 'flow/link', type: 'symlink', linkname: '/etc/passwd' },
        { name, type: 'file' },
      ]),
    )
    expect(found.map(({ path }) => path)).toEqual([name.slice(2)])
  })

  it.each(['../out.sh', 'flow/../../out.sh', '/etc/cron', 'C:/out', 'a\\b'])('refuses the path %s', async (path) => {
    await expect(filesInArchive(archive('x.tar', [{ path, body: bytes('x') }]))).rejects.toThrow(/leads out/)
  })

  it('says what is no archive', async () => {
    const noise = new File([bytes('a'.repeat(2048))], 'x.tar')
    await expect(filesInArchive(noise)).rejects.toThrow(/cannot be read as an archive/)
    await expect(filesInArchive(new File([bytes('x')], 'x.tgz'))).rejects.toThrow(/gzip/)
    for (const length of [520, 1024]) {
      const cut = new File([(await archive().bytes()).slice(0, length)], 'x.tar')
      await expect(filesInArchive(cut)).rejects.toThrow(/its end is missing/)
    }
  })
})

it('what was exported comes back as it was', async () => {
  const [bundle, ...others] = await bundlesOf({ folder: null, files: [{ path: 'flow.tar', file: archive() }] })
  expect(others).toEqual([])
  expect(bundle).toMatchObject({ path: 'flow/weir.yaml', source: SOURCE, missing: [] })
  expect(bundle?.files.find(({ path }) => path === 'scripts/go.sh')?.isExecutable).toBe(true)
})
