import { ProblemError } from '../../../src-shared/contract/index.ts'
import { MAX_FILES, type PickedFile } from '../../ui/fields/picked-files.ts'

/** Reads archives as `tarOf` and every tar write them (ustar, with the long names of GNU and pax). */

export const ARCHIVE = /\.(tar|tar\.gz|tgz)$/i

const BLOCK = 512
/** What an archive may unpack to: a small one can hold very much. */
const MAX_UNPACKED_BYTES = 2_000_000_000
/** A name, or the attributes of one. */
const MAX_NAME_BYTES = 100_000
const EXECUTABLE = 0o100

interface Header {
  readonly path: string
  readonly size: number
  readonly type: string
  readonly isExecutable: boolean
}

/**
 * The files of an archive, with their paths. Folders and links are left out.
 * @throws ProblemError when it is no archive, is too large, or names a path outside of itself
 */
export async function filesInArchive(archive: File): Promise<PickedFile[]> {
  const tar = /gz$/i.test(archive.name) ? await unzipped(archive) : archive
  const files: PickedFile[] = []
  let longName: string | null = null
  for (let at = 0; at + BLOCK <= tar.size; ) {
    const block = await bytesOf(tar, at, BLOCK)
    if (block.every((byte) => byte === 0)) return files
    const header = headerOf(block, archive.name)
    const start = at + BLOCK
    if (start + header.size > tar.size) throw broken(archive.name, 'its end is missing')
    at = start + Math.ceil(header.size / BLOCK) * BLOCK
    const named = await longNameOf(tar, start, header)
    if (named !== null) {
      longName = named
      continue
    }
    const path = longName ?? header.path
    longName = null
    if (header.type !== '0' && header.type !== '\0') continue
    files.push(fileOf(tar.slice(start, start + header.size), safePath(path, archive.name), header))
    if (files.length > MAX_FILES)
      throw new ProblemError('payload_too_large', `${archive.name} holds more than ${MAX_FILES} files.`, {
        fix: 'Leave out what no step needs.',
      })
  }
  throw broken(archive.name, 'its end is missing')
}

const fileOf = (body: Blob, path: string, { isExecutable }: Header): PickedFile => ({
  path,
  file: new File([body], path.slice(path.lastIndexOf('/') + 1)),
  ...(isExecutable ? { isExecutable } : {}),
})

const bytesOf = async (blob: Blob, at: number, length: number): Promise<Uint8Array> =>
  new Uint8Array(await blob.slice(at, at + length).arrayBuffer())

function headerOf(block: Uint8Array, archive: string): Header {
  const sum = octal(block, 148, 8)
  const counted = block.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0)
  if (sum !== counted) throw broken(archive, 'its checksum does not fit')
  const prefix = text(block, 257, 5) === 'ustar' ? text(block, 345, 155) : ''
  const name = text(block, 0, 100)
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    size: octal(block, 124, 12),
    type: String.fromCharCode(block[156] ?? 0),
    isExecutable: (octal(block, 100, 8) & EXECUTABLE) !== 0,
  }
}

const decoder = new TextDecoder()

function text(block: Uint8Array, at: number, length: number): string {
  const field = block.subarray(at, at + length)
  const end = field.indexOf(0)
  return decoder.decode(end < 0 ? field : field.subarray(0, end))
}

function octal(block: Uint8Array, at: number, length: number): number {
  const digits = text(block, at, length).trim()
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : 0
}

/** The name of the file that follows, when an entry is nothing but that; an empty one when it says something else. */
async function longNameOf(tar: Blob, at: number, { type, size }: Header): Promise<string | null> {
  if (type !== 'L' && type !== 'x') return null
  const body = await bytesOf(tar, at, Math.min(size, MAX_NAME_BYTES))
  if (type === 'L') return text(body, 0, body.length)
  // Lines of pax: `27 path=folder/file.txt\n`
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(decoder.decode(body))?.[1] ?? null
}

/** A path that stays where the archive is unpacked. */
function safePath(path: string, archive: string): string {
  const clean = path.replace(/^(\.\/)+/, '')
  const parts = clean.split('/')
  const isSafe =
    clean !== '' && !/^([A-Za-z]:|\/)|[\\\0]/.test(clean) && parts.every((part) => part !== '..' && part !== '')
  if (isSafe) return clean
  throw new ProblemError('bad_request', `${archive} names the path "${path}", which leads out of the archive.`, {
    fix: 'Nothing of it was imported. Ask whoever made it, or import a folder.',
  })
}

/** Unpacks gzip, and stops when it becomes too much. */
async function unzipped(archive: File): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  const reader = archive.stream().pipeThrough(new DecompressionStream('gzip')).getReader()
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.length
      if (size > MAX_UNPACKED_BYTES) throw tooLarge(archive.name)
      parts.push(new Uint8Array(part.value))
    }
  } catch (error) {
    await reader.cancel().catch(() => undefined)
    if (error instanceof ProblemError) throw error
    throw broken(archive.name, 'it is not packed with gzip, or is damaged', error)
  }
  return new Blob(parts)
}

const tooLarge = (archive: string): ProblemError =>
  new ProblemError('payload_too_large', `${archive} unpacks to more than 2 GB.`, {
    fix: 'Leave out data that a run can be given as a parameter.',
  })

const broken = (archive: string, reason: string, cause?: unknown): ProblemError =>
  new ProblemError('bad_request', `${archive} cannot be read as an archive: ${reason}.`, {
    fix: 'Make it again, e.g. with tar -cf flow.tar flow, or import the folder.',
    cause,
  })
