import { z } from 'zod'
import { ProblemError } from '../../../../src-shared/contract/index.ts'

/**
 * An archive of a project: a gzipped tar, in this order.
 *
 *   manifest.json        what it is, and how much it holds
 *   project.db           the copy of the database
 *   blobs/ab/<digest>    each file body that the database refers to
 *   runs/<run>/…         folders of the runs that are in the database: logs and execution folders
 *   digests.jsonl        ["<path>", <bytes>, "<SHA-256>"] of every member before it; without it the archive is not whole
 *
 * Only regular files are in it: folders follow from the paths.
 */
export const FORMAT = 1
export const MANIFEST = 'manifest.json'
export const DATABASE_MEMBER = 'project.db'
export const DIGESTS = 'digests.jsonl'

/** A manifest is some 500 bytes. */
export const MAX_MANIFEST_BYTES = 64 * 1024
/** The longest path that common systems know. */
export const MAX_PATH_BYTES = 4_096
/** More than any project has that retention looks after; each costs a file on disk. */
export const MAX_FILES = 5_000_000

export const Manifest = z.object({
  format: z.literal(FORMAT),
  weir: z.string().max(100).describe('Version of the Weir that made it'),
  schema: z.int().min(1).describe('Version of the shape of project.db'),
  name: z.string().max(200),
  description: z.string().max(500),
  exportedAt: z.string().max(40),
  counts: z.object({ workflows: z.int(), drafts: z.int(), runs: z.int(), leftOutRuns: z.int(), leftOutFiles: z.int() }),
  /** Of all members between manifest and digests */
  files: z.int().min(1).max(MAX_FILES),
  bytes: z.int().min(0),
})
export type Manifest = z.infer<typeof Manifest>

const RUN_FILE = /^runs\/[^/]+\/.+/
const BLOB = /^blobs\/([0-9a-f]{2})\/([0-9a-f]{64})$/

/** The digest in the path of a blob; null for what is no blob. */
export function digestInPath(path: string): string | null {
  const [, folder, digest] = BLOB.exec(path) ?? []
  return digest !== undefined && digest.slice(0, 2) === folder ? digest : null
}

export const blobPath = (digest: string): string => `blobs/${digest.slice(0, 2)}/${digest}`

/** Why a path has no place in an archive, or null when it has. */
export function pathFault(path: string): string | null {
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return 'is too long'
  // The second one stands for bytes that are no UTF-8; backslash and colon lead elsewhere on Windows.
  if (/[\p{Cc}\ufffd]/u.test(path)) return 'holds characters that not every system knows'
  if (/^([/\\]|[A-Za-z]:)/.test(path)) return 'is absolute'
  if (path.includes('\\')) return 'holds a backslash'
  const parts = path.split('/')
  if (parts.includes('..')) return 'leads out of its folder with ".."'
  if (parts.includes('') || parts.includes('.')) return 'has an empty part'
  if (parts.length === 3 && parts[0] === 'runs' && SECRETS.test(parts[2] ?? '')) return 'is kept for secrets'
  if (path === DATABASE_MEMBER || digestInPath(path) !== null || RUN_FILE.test(path)) return null
  return 'is none that a project has'
}

/** Values of secret parameters, in the folder of a run: never in an archive, neither are unfinished ones. */
const SECRETS = /^secrets\.json/

/** A line of the list of digests. */
export const digestLine = (path: string, size: number, digest: string): string =>
  `${JSON.stringify([path, size, digest])}\n`

export const invalidArchive = (why: string, fix?: string, cause?: unknown): ProblemError =>
  new ProblemError('archive_invalid', `The archive cannot be imported: ${why}.`, {
    fix: fix ?? 'Copy it anew from where it was made, or export the project once more.',
    ...(cause === undefined ? {} : { cause }),
  })
