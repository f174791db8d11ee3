import { type Failure, type Json, ProblemError } from '../../../../src-shared/contract/index.ts'
import { VALUE_BYTES } from '../../../../src-shared/contract/worker-protocol.ts'

/**
 * Encoded values (docs/worker-protocol.md, "Values") are looked at only as far as the engine depends on them: that they can be
 * written as JSON again, that they are not too large, and that the blobs which they name are there.
 */

/** Deeper values would overflow the stack of whoever writes them as JSON. */
const MOST_NESTED = 500
const DIGEST = /^[0-9a-f]{64}$/
const MEBIBYTE = 1024 * 1024

interface Found {
  /** Bytes of parts that are stored apart: bytes, blobs and assets do not count */
  stored: number
  readonly digests: string[]
}

/** Digests of all blobs that a value names. @throws ProblemError value_invalid, value_too_large */
export function blobsOfValue(value: Json): readonly string[] {
  const found: Found = { stored: 0, digests: [] }
  look(value, 0, found)
  if (found.stored > VALUE_BYTES) throw tooLarge(found.stored)
  return found.digests
}

/** What a value that only holds numbers, texts and the like cannot be wrong about. */
export const isPlain = (value: Json): boolean => typeof value !== 'object' || value === null

function look(value: Json, depth: number, found: Found): void {
  if (typeof value !== 'object' || value === null) return
  if (depth > MOST_NESTED) throw tooDeep()
  if (Array.isArray(value)) {
    for (const item of value) look(item, depth + 1, found)
    return
  }
  const special = value['$weir']
  if (special !== undefined) {
    if (special === 'escaped') {
      lookInside(value['value'] ?? null, depth + 1, found)
      return
    }
    takeSpecial(special, value, found)
  } else if (value['kind'] === 'asset') {
    takeAsset(value, found)
    return
  }
  for (const key in value) look(value[key] ?? null, depth + 1, found)
}

/** The fields of an escaped object: the object itself is not what it looks like. */
function lookInside(value: Json, depth: number, found: Found): void {
  if (depth > MOST_NESTED) throw tooDeep()
  if (typeof value !== 'object' || value === null) return
  for (const part of Object.values(value)) look(part, depth + 1, found)
}

function takeSpecial(special: Json, value: Record<string, Json>, found: Found): void {
  switch (special) {
    case 'stored': {
      const { size, blobs } = value
      found.stored += typeof size === 'number' && size >= 0 ? size : fault('stored', 'size')
      found.digests.push(digest(value['blob'], 'stored'))
      if (!Array.isArray(blobs)) throw invalid('its part "stored" has no list of blobs')
      for (const one of blobs) found.digests.push(digest(one, 'stored'))
      return
    }
    case 'bytes':
      if (value['blob'] !== undefined) found.digests.push(digest(value['blob'], 'bytes'))
      return
    case 'blob':
      found.digests.push(digest(value['digest'], 'blob'))
      return
    default:
      return // what has no blob is for those who read the value
  }
}

function takeAsset(value: Record<string, Json>, found: Found): void {
  const { files } = value
  if (!Array.isArray(files)) throw invalid('its asset has no list of files')
  for (const file of files) {
    const named = typeof file === 'object' && file !== null && !Array.isArray(file) ? file['digest'] : undefined
    found.digests.push(digest(named, 'asset'))
  }
}

function digest(value: Json | undefined, part: string): string {
  return typeof value === 'string' && DIGEST.test(value) ? value : fault(part, 'digest')
}

function fault(part: string, field: string): never {
  throw invalid(`its part "${part}" has no sound ${field}`)
}

const invalid = (what: string): ProblemError =>
  new ProblemError('value_invalid', `The value is not encoded as the protocol says: ${what}.`, {
    fix: 'Use a released SDK; docs/worker-protocol.md tells the form of values.',
  })

const tooDeep = (): ProblemError =>
  new ProblemError('value_invalid', `The value is nested deeper than ${MOST_NESTED} levels.`, {
    fix: 'Return a flatter value, or write it to a file and return that as an asset.',
  })

const tooLarge = (bytes: number): ProblemError =>
  new ProblemError(
    'value_too_large',
    `The value has ${Math.ceil(bytes / MEBIBYTE)} MiB; a value may have ${VALUE_BYTES / MEBIBYTE} MiB.`,
    { fix: 'Return bytes, a blob or an asset instead: they are stored as files and have no such limit.' },
  )

/** @param missing digest of a blob that nobody stored */
export const blobMissing = (missing: string): Failure => ({
  code: 'blob_not_found',
  message: `The value names the blob ${missing}, which is not stored here.`,
  fix: 'Store the bodies of files before the value that names them; released SDKs do.',
})
