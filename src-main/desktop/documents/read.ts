import { createHash } from 'node:crypto'
import { open, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { DocumentFile, SaveOutcome } from '../../../src-shared/desktop/bridge.ts'

/** Twice what the engine takes as one definition: larger is a mistake, and is not read into memory. */
const LIMIT_BYTES = 32 * 1024 * 1024
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A file that cannot be used as a definition: what is wrong, and what to do. */
export class DocumentProblem extends Error {
  override readonly name = 'DocumentProblem'
  readonly fix: string

  constructor(message: string, fix: string) {
    super(message)
    this.fix = fix
  }
}

/** Whether the system opens files of this name with Weir. */
export const isDocumentName = (name: string): boolean => /(^|[\\/])(weir|.+\.weir)\.ya?ml$/i.test(name)

const digestOf = (body: Uint8Array): string => createHash('sha256').update(body).digest('hex')

/** @throws DocumentProblem */
export async function readDocument(path: string): Promise<DocumentFile> {
  const name = basename(path)
  try {
    // The file behind a link: saving replaces the file, and must not replace the link.
    const real = await realpath(resolve(path))
    const { size } = await stat(real)
    const handle = await open(real, 'r')
    try {
      if (size > LIMIT_BYTES) {
        throw new DocumentProblem(
          `${name} has ${Math.round(size / 1024 / 1024)} MB; a definition has at most ${LIMIT_BYTES / 1024 / 1024}.`,
          'Keep data outside of the definition and hand it in as a parameter or an asset.',
        )
      }
      const body = await handle.readFile()
      return { path: real, name: basename(real), text: UTF8.decode(body), digest: digestOf(body) }
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw problemOf(error, name, 'read')
  }
}

/**
 * Replaces a file with a new text if it is still the one that was read.
 * @param digest of the file that the text was made from; null when it may be new
 */
export async function writeDocument(path: string, text: string, digest: string | null): Promise<SaveOutcome> {
  try {
    const before = digest === null ? null : await readIfThere(path)
    if (before !== null && before.digest !== digest) return { kind: 'changed', document: before }
    const body = Buffer.from(text, 'utf8')
    await replace(path, body)
    return { kind: 'saved', digest: digestOf(body) }
  } catch (error) {
    const { message, fix } = problemOf(error, basename(path), 'written')
    return { kind: 'problem', message, fix }
  }
}

async function readIfThere(path: string): Promise<DocumentFile | null> {
  const isThere = await stat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  })
  // A file that was deleted meanwhile is no newer one: the text is what is left of it.
  return isThere === null ? null : readDocument(path)
}

/** Readers see the old file or the new one; rights are kept. */
async function replace(path: string, body: Buffer): Promise<void> {
  const mode = await stat(path).then(
    (stats) => stats.mode & 0o777,
    () => 0o644,
  )
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}.new`)
  try {
    const handle = await open(draft, 'w', mode)
    try {
      await handle.writeFile(body)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')

function problemOf(error: unknown, name: string, verb: 'read' | 'written'): DocumentProblem {
  if (error instanceof DocumentProblem) return error
  const code = codeOf(error)
  if (code === 'ENOENT')
    return new DocumentProblem(`${name} is not there.`, 'It may have been moved or deleted: look for it in its folder.')
  if (code === 'EISDIR') return new DocumentProblem(`${name} is a folder.`, 'Choose the weir.yaml inside of it.')
  if (code === 'ENOSPC')
    return new DocumentProblem(
      `${name} cannot be written: the disk is full.`,
      'Make room, then save again. Your text is kept as a draft.',
    )
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    return new DocumentProblem(
      `${name} may not be ${verb} by you.`,
      'Change the rights of the file and its folder, or save a copy elsewhere.',
    )
  }
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    return new DocumentProblem(`${name} is not a text in UTF-8.`, 'Save it as UTF-8 in the editor that it comes from.')
  }
  const reason = error instanceof Error ? error.message : String(error)
  return new DocumentProblem(`${name} cannot be ${verb}: ${reason}.`, 'Check the disk and the name, then try again.')
}
