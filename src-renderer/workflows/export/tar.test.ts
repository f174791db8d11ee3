import { Readable } from 'node:stream'
import { extract } from 'tar-stream'
import { expect, it } from 'vitest'
import { tarOf } from './tar.ts'

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

async function unpack(tar: Blob): Promise<[string, string, number | undefined][]> {
  const found: [string, string, number | undefined][] = []
  const reader = extract()
  Readable.from([Buffer.from(await tar.arrayBuffer())]).pipe(reader)
  for await (const entry of reader) {
    const parts: Buffer[] = []
    for await (const part of entry) parts.push(part as Buffer)
    found.push([entry.header.name, Buffer.concat(parts).toString(), entry.header.mode])
  }
  return found
}

it('writes what others can unpack', async () => {
  const long = `${'folder/'.repeat(20)}file.txt`
  const entries = [
    { path: 'flow/weir.yaml', body: bytes('name: flow\n') },
    { path: 'flow/größe.sh', body: bytes('x'.repeat(512)), isExecutable: true },
    { path: 'flow/empty', body: bytes('') },
    { path: long, body: bytes('deep') },
  ]
  expect(await unpack(tarOf(entries, Date.parse('2026-11-21T10:00:00Z')))).toEqual([
    ['flow/weir.yaml', 'name: flow\n', 0o644],
    ['flow/größe.sh', 'x'.repeat(512), 0o755],
    ['flow/empty', '', 0o644],
    [long, 'deep', 0o644],
  ])
})

it('refuses a path that does not fit, instead of cutting it', () => {
  expect(() => tarOf([{ path: 'x'.repeat(120), body: bytes('') }], 0)).toThrow(/too long/)
})
