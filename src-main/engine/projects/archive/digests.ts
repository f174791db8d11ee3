import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { digestLine, invalidArchive } from './format.ts'

/** Lines are written together: a write for each would double the time of small files. */
const BUFFER_CHARS = 64 * 1024

/** The list of what went by, on disk: a project may have more files than there is memory for their names. */
export interface DigestList {
  readonly path: string
  add(path: string, size: number, digest: string): Promise<void>
  /** Writes what is left; nothing can be added afterwards. A second call does nothing. */
  close(): Promise<void>
}

export async function createDigestList(path: string): Promise<DigestList> {
  const file: FileHandle = await open(path, 'wx', 0o600)
  let buffer = ''
  let isOpen = true
  const flush = async (): Promise<void> => {
    const text = buffer
    buffer = ''
    await file.writeFile(text)
  }
  return {
    path,
    async add(member, size, digest) {
      buffer += digestLine(member, size, digest)
      if (buffer.length >= BUFFER_CHARS) await flush()
    },
    async close() {
      if (!isOpen) return
      isOpen = false
      try {
        await flush()
      } finally {
        await file.close()
      }
    },
  }
}

/**
 * Compares the list that an archive brings with what came out of it.
 * @throws ProblemError archive_invalid, with the first file that differs
 */
export async function compareDigests(listed: Readable, found: DigestList): Promise<void> {
  const expected = createInterface({ input: listed, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]()
  const actual = createInterface({ input: createReadStream(found.path) })[Symbol.asyncIterator]()
  try {
    for (;;) {
      const [said, is] = await Promise.all([expected.next(), actual.next()])
      if (said.done === true && is.done === true) return
      if (said.value === is.value) continue
      const path = nameIn(is.value) ?? nameIn(said.value) ?? 'a file'
      throw invalidArchive(`${path} is not as it was exported`)
    }
  } finally {
    await expected.return?.()
    await actual.return?.()
    listed.resume()
  }
}

function nameIn(line: unknown): string | null {
  if (typeof line !== 'string') return null
  try {
    const parsed: unknown = JSON.parse(line)
    return Array.isArray(parsed) && typeof parsed[0] === 'string' ? parsed[0] : null
  } catch {
    return null // a damaged line: the other list knows the name
  }
}
