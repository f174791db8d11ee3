import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lookup } from 'mrmime'

/** Where the build puts files that carry a digest in their name: what is there never changes. */
const HASHED_FOLDER = 'assets/'
export const INDEX = 'index.html'

export interface ScreenFile {
  readonly type: string
  readonly body: Buffer
  /** Whether this name will never stand for another body */
  readonly isImmutable: boolean
  /** Digest of the body, where it may change */
  readonly etag: string | null
}

/** The built screens. */
export interface Screens {
  /** A file by its path inside the build, e.g. `assets/index-x1.js`; null when the build has none of that name. */
  read(path: string): Promise<ScreenFile | null>
}

/**
 * Reads the folder of the build when it is first asked. Only files that were found there are served, by the names under
 * which they were found: no path from outside is ever put together with the folder, and no link is followed.
 */
export function openScreens(folder: string): Screens {
  let names: Promise<ReadonlySet<string>> | null = null
  return {
    async read(path) {
      // The page itself is asked for first, so that a new build is noticed with it.
      if (names === null || path === INDEX) names = listed(folder)
      if (!(await names).has(path)) return null
      const body = await readFile(join(folder, path))
      const isImmutable = path.startsWith(HASHED_FOLDER)
      const etag = isImmutable ? null : createHash('sha256').update(body).digest('base64url')
      return { type: typeOf(path), body, isImmutable, etag }
    },
  }
}

const TEXT = /^text\/|^application\/(json|manifest\+json)$/

function typeOf(path: string): string {
  const type = lookup(path) ?? 'application/octet-stream'
  return TEXT.test(type) ? `${type}; charset=utf-8` : type
}

/** Paths of all files below a folder, with forward slashes; none when it is not there. */
async function listed(folder: string): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  const visit = async (below: string): Promise<void> => {
    for (const entry of await entriesOf(join(folder, below))) {
      if (entry.isFile()) found.add(below + entry.name)
      else if (entry.isDirectory()) await visit(`${below}${entry.name}/`)
    }
  }
  await visit('')
  return found
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
