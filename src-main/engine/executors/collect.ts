import { constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Json, OutputSpec } from '../../../src-shared/contract/index.ts'
import { MAX_DEPTH } from '../../../src-shared/definition/index.ts'
import type { Blobs } from '../assets/blobs.ts'
import { isDeeperThan } from '../workflows/index.ts'
import type { Job } from './executor.ts'
import { errnoOf, OutputError } from './failure.ts'
import { type FoundFile, listWork, looksAtInputs, matchFiles, realInside, type WorkListing } from './find-files.ts'
import { INPUTS_FILE } from './folder.ts'
import { describeJsonError } from './json-error.ts'
import { pathFault } from './safe-path.ts'

/** Largest file that becomes a value. Values are read whole; what is larger travels as files. */
export const VALUE_LIMIT_BYTES = 16 * 1024 * 1024
/** Most files of one asset: its list travels as one value. */
export const ASSET_FILES_LIMIT = 100_000
/** How many bodies are stored at once. */
const STORES_AT_ONCE = 8
/** How many of the files that are there are named when the wanted one is not. */
const NAMED_FILES = 12

/** AssetFile without optional fields that are undefined: plain JSON. */
type StoredFile =
  | { path: string; digest: string; size: number }
  | { path: string; digest: string; size: number; executable: true }
type FilesSpec = Extract<OutputSpec, { files: string | string[] }>

/**
 * Takes what a step left in its working folder: values from JSON and text files, files as assets whose bodies are put
 * into the blob store. A text loses one trailing newline; text and JSON must be UTF-8, because a result that was mended
 * silently would be another result. Nothing outside the working folder is ever read.
 * @throws OutputError that names the output, what is there and what to do; errors of the disk and the blob store.
 */
export async function collectOutputs(job: Job, workFolder: string, blobs: Blobs): Promise<Record<string, Json>> {
  const specs = Object.entries(job.outputs)
  const outputs: Record<string, Json> = {}
  const globs = specs.flatMap(([, spec]) => ('files' in spec ? globsOf(spec) : []))
  const listing = globs.length === 0 ? null : await listWork(workFolder, looksAtInputs(globs))
  const isOwn = globs.length === 0 ? () => false : await ownFiles(job, workFolder)
  for (const [name, spec] of specs) {
    if ('files' in spec) {
      if (listing !== null) outputs[name] = await takeAsset(name, spec, listing, isOwn, blobs)
    } else if ('json' in spec) {
      outputs[name] = parseJson(name, spec.json, await readText(name, spec.json, workFolder))
    } else {
      outputs[name] = (await readText(name, spec.text, workFolder)).replace(/\r?\n$/, '')
    }
  }
  return outputs
}

const globsOf = (spec: FilesSpec): readonly string[] => (typeof spec.files === 'string' ? [spec.files] : spec.files)

/**
 * Which paths are files of the workflow that the step left as they were. A file with another size, or newer than
 * `inputs.json` (which is written last before the step starts), was changed by it and counts as made by it.
 */
async function ownFiles(job: Job, workFolder: string): Promise<(path: string) => boolean> {
  if (job.files.length === 0) return () => false
  const prepared = await stat(join(workFolder, INPUTS_FILE)).catch(() => null)
  const own = new Set<string>()
  for (const file of job.files) {
    const now = await stat(join(workFolder, file.path)).catch(() => null)
    if (now?.size === file.size && (prepared === null || now.mtimeMs <= prepared.mtimeMs)) own.add(file.path)
  }
  return (path) => own.has(path)
}

async function takeAsset(
  name: string,
  spec: FilesSpec,
  listing: WorkListing,
  isOwn: (path: string) => boolean,
  blobs: Blobs,
): Promise<Json> {
  const globs = globsOf(spec)
  for (const glob of globs) refuseUnsafe(name, glob.replace(/^!/, ''), 'glob')
  const found = matchFiles(listing, globs, isOwn)
  const [refused] = found.refused
  if (refused !== undefined) {
    throw new OutputError({
      code: 'output_refused',
      message: `Output "${name}" cannot take "${refused.path}": it ${refused.reason}.`,
      fix: 'Copy what is meant into the working folder as a regular file, or leave it out with a glob such as "!name".',
    })
  }
  if (found.files.length === 0 && spec.optional !== true) throw nothingMatches(name, globs, listing, isOwn)
  if (found.files.length > ASSET_FILES_LIMIT) {
    throw new OutputError({
      code: 'output_too_large',
      message: `Output "${name}" would have ${found.files.length} files; an asset holds at most ${ASSET_FILES_LIMIT}.`,
      fix: 'Pack them into one archive in the step, or name fewer of them.',
    })
  }
  return { kind: 'asset', name, files: await storeAll(found.files, blobs) }
}

/** The files as they stand in an asset value. */
async function storeAll(found: readonly FoundFile[], blobs: Blobs): Promise<StoredFile[]> {
  const files: StoredFile[] = []
  const queue = found.values()
  const worker = async (): Promise<void> => {
    for (const { path, real, executable } of queue) {
      const { digest, size } = await blobs.putFile(real)
      files.push({ path, digest, size, ...(executable ? { executable: true as const } : {}) })
    }
  }
  await Promise.all(Array.from({ length: Math.min(STORES_AT_ONCE, found.length) }, worker))
  // By code units, so that the same files give the same value on every machine.
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}

function nothingMatches(
  name: string,
  globs: readonly string[],
  listing: WorkListing,
  isOwn: (path: string) => boolean,
): OutputError {
  const one = globs.length === 1
  return new OutputError({
    code: 'output_missing',
    message: `Output "${name}": no file matches ${globs.map((glob) => `"${glob}"`).join(', ')}. ${whatIsThere(listing, isOwn)}`,
    fix: `Correct the glob${one ? '' : 's'}, make the step write the files, or set "optional: true" when there may be none.`,
  })
}

function whatIsThere(listing: WorkListing, isOwn: (path: string) => boolean): string {
  const made = listing.entries.map(({ path }) => path).filter((path) => path !== INPUTS_FILE && !isOwn(path))
  if (made.length === 0) return 'The step wrote no files at all.'
  const named = made.sort().slice(0, NAMED_FILES).join(', ')
  return `The step wrote: ${named}${made.length > NAMED_FILES ? ` and ${made.length - NAMED_FILES} more` : ''}.`
}

function refuseUnsafe(name: string, path: string, what: 'path' | 'glob'): void {
  const fault = pathFault(path)
  if (fault === null) return
  throw new OutputError({
    code: 'output_outside',
    message: `Output "${name}": the ${what} "${path}" ${fault}.`,
    fix: 'Outputs are taken from the working folder alone; write the file there and name it relative to it.',
  })
}

/** The text of a file below the working folder, which must be UTF-8 and not larger than a value may be. */
async function readText(name: string, path: string, workFolder: string): Promise<string> {
  refuseUnsafe(name, path, 'path')
  const found = await realInside(workFolder, path)
  if (found === 'outside') {
    throw new OutputError({
      code: 'output_refused',
      message: `Output "${name}" cannot take "${path}": a symlink leads out of the working folder.`,
      fix: 'Copy what is meant into the working folder as a regular file.',
    })
  }
  if (found === 'missing') {
    throw new OutputError({
      code: 'output_missing',
      message: `Output "${name}": the step did not write "${path}". ${whatIsThere(await listWork(workFolder, false), (p) => p === INPUTS_FILE)}`,
      fix: 'Make the step write this file in its working folder, or correct the path in `outputs`.',
    })
  }
  return decode(name, path, await readRegular(name, path, found.real))
}

/** O_NOFOLLOW: the path was resolved before, so a link here was put there since. O_NONBLOCK: a pipe must not block. */
async function readRegular(name: string, path: string, real: string): Promise<Buffer> {
  const notAFile = (): OutputError =>
    new OutputError({
      code: 'output_refused',
      message: `Output "${name}" cannot take "${path}": it is not a regular file.`,
      fix: 'Write the value into a regular file.',
    })
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const file = await open(real, flags).catch((error: unknown) => {
    // A socket cannot be opened at all.
    throw errnoOf(error) === 'ENXIO' || errnoOf(error) === 'ELOOP' ? notAFile() : error
  })
  try {
    const info = await file.stat()
    if (!info.isFile()) throw notAFile()
    if (info.size > VALUE_LIMIT_BYTES) {
      throw new OutputError({
        code: 'output_too_large',
        message: `Output "${name}": "${path}" has ${info.size} bytes; a value may have ${VALUE_LIMIT_BYTES}.`,
        fix: `Take it as files instead: "${name}: {files: ${path}}".`,
      })
    }
    return await file.readFile()
  } finally {
    await file.close()
  }
}

function decode(name: string, path: string, bytes: Buffer): string {
  try {
    // Without the byte order mark that some programs write.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new OutputError({
      code: 'output_not_text',
      message: `Output "${name}": "${path}" is not UTF-8 text.`,
      fix: `Write it as UTF-8, or take it as files instead: "${name}: {files: ${path}}".`,
    })
  }
}

function parseJson(name: string, path: string, text: string): Json {
  const value = jsonOf(name, path, text)
  // Whoever reads a result goes into its depth, down to the program that shows it: one that is too deep could be stored, but never read.
  if (!isDeeperThan(value, MAX_DEPTH)) return value
  throw new OutputError({
    code: 'output_too_deep',
    message: `Output "${name}": lists and maps in "${path}" are nested deeper than ${MAX_DEPTH} levels.`,
    fix: `Flatten the value, or take it as files instead: "${name}: {files: ${path}}".`,
  })
}

function jsonOf(name: string, path: string, text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    const { place, reason, fix } = describeJsonError(text)
    throw new OutputError({
      code: 'output_not_json',
      message: `Output "${name}": "${path}" is not JSON${place}: ${reason}.`,
      fix,
    })
  }
}
