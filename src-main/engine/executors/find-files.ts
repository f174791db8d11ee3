import { constants, type Dirent } from 'node:fs'
import { access, lstat, readdir, realpath, stat } from 'node:fs/promises'
import { join, posix, sep } from 'node:path'
import picomatch from 'picomatch'
import { errnoOf } from './failure.ts'
import { INPUTS_FILE, INPUTS_FOLDER } from './folder.ts'

/** A regular file below the working folder. */
export interface FoundFile {
  /** Relative to the working folder, with forward slashes, as the step named it */
  readonly path: string
  /** Where it really is: the same, or the target of a symlink inside the working folder */
  readonly real: string
  readonly executable: boolean
}

export interface Found {
  readonly files: readonly FoundFile[]
  /** What matches but must not or cannot be taken, each with the reason as the end of a sentence */
  readonly refused: readonly { readonly path: string; readonly reason: string }[]
}

/** What is in a working folder at the end of a step. Made once, used for every glob. */
interface Entry extends FoundFile {
  readonly refusal: string | null
}

export interface WorkListing {
  /** Real path of the working folder */
  readonly root: string
  readonly entries: readonly Entry[]
}

/**
 * Lists files of the working folder, symlinks inside it followed. A link that leads outside, a socket, a pipe or a
 * device is listed with the reason why it cannot be taken. `inputs/` is left out unless `withInputs` says otherwise.
 */
export async function listWork(workFolder: string, withInputs: boolean): Promise<WorkListing> {
  const root = await realpath(workFolder)
  const entries: Entry[] = []
  const walk = async (folder: string, path: string, above: readonly string[]): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const child = path === '' ? entry.name : `${path}/${entry.name}`
      if (child === INPUTS_FOLDER && !withInputs) continue
      if (await isUnreadableName(folder, entry.name)) {
        entries.push({ path: child, real: join(folder, entry.name), executable: false, refusal: NAME_NOT_TEXT })
      } else if (entry.isDirectory()) await walk(join(folder, entry.name), child, above)
      else if (entry.isSymbolicLink()) await followLink(join(folder, entry.name), child, above)
      else entries.push(await plainEntry(join(folder, entry.name), child, entry))
    }
  }
  const followLink = async (link: string, path: string, above: readonly string[]): Promise<void> => {
    const refuse = (refusal: string): void => void entries.push({ path, real: link, executable: false, refusal })
    const real = await realpath(link).catch(() => null)
    if (real === null) return refuse('is a symlink to something that does not exist')
    if (!isInside(real, root)) return refuse('is a symlink that leads out of the working folder')
    const target = await stat(real)
    if (!target.isDirectory()) {
      entries.push({ ...(await plainEntry(real, path, target)), path })
      return
    }
    // A link to a folder above itself, or to one that is being followed already, would never end.
    if (`${link}${sep}`.startsWith(`${real}${sep}`) || above.includes(real)) return
    await walk(real, path, [...above, real])
  }
  await walk(root, '', [])
  return { root, entries }
}

const NAME_NOT_TEXT = 'has a name that is not UTF-8'
const REPLACEMENT = '\uFFFD'

/** A name that is no text comes with replacement characters, under which there is nothing. */
async function isUnreadableName(folder: string, name: string): Promise<boolean> {
  if (!name.includes(REPLACEMENT)) return false
  return (await lstat(join(folder, name)).catch(() => null)) === null
}

type FileKind = Pick<Dirent, 'isFile' | 'isSocket' | 'isFIFO'>

async function plainEntry(real: string, path: string, kind: FileKind): Promise<Entry> {
  if (kind.isFile()) return { path, real, executable: await isExecutable(real), refusal: null }
  const what = kind.isSocket() ? 'a socket' : kind.isFIFO() ? 'a named pipe' : 'a device'
  return { path, real, executable: false, refusal: `is ${what}, not a file` }
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )

export const isInside = (path: string, root: string): boolean => path === root || path.startsWith(root + sep)

/**
 * The files that a list of globs names; a glob that begins with `!` takes away again. Hidden files need a glob that
 * spells the dot. Inputs, and the workflow's own files that the step left unchanged (`isOwn`), are only found by a glob
 * that begins with the name of their folder, or is exactly their path.
 */
export function matchFiles(listing: WorkListing, globs: readonly string[], isOwn: (path: string) => boolean): Found {
  const wanted = globs.filter((glob) => !glob.startsWith('!')).map(matcher)
  const unwanted = globs.filter((glob) => glob.startsWith('!')).map((glob) => matcher(glob.slice(1)))
  const matches = listing.entries.filter(
    ({ path }) => wanted.some((glob) => glob.names(path, isOwn)) && !unwanted.some((glob) => glob.test(path)),
  )
  const links = listing.entries.filter(({ path, refusal }) => refusal !== null && wanted.some((g) => g.isBelow(path)))
  const refused = [...new Set([...matches.filter(({ refusal }) => refusal !== null), ...links])]
  return {
    files: matches.filter(({ refusal }) => refusal === null),
    refused: refused.map(({ path, refusal }) => ({ path, reason: refusal ?? '' })),
  }
}

interface Matcher {
  readonly test: (path: string) => boolean
  readonly names: (path: string, isOwn: (path: string) => boolean) => boolean
  /** True when the glob looks for files below this path, so that a link there is what keeps it from matching */
  readonly isBelow: (path: string) => boolean
}

/** A newline is a character of a name like any other. */
const NAMES_WITH_NEWLINES = 's'

function matcher(glob: string): Matcher {
  const pattern = posix.normalize(glob)
  const test = picomatch(pattern, { flags: NAMES_WITH_NEWLINES })
  const { base } = picomatch.scan(pattern)
  return {
    test,
    names: (path, isOwn) => {
      if (!test(path)) return false
      if (path === pattern) return true
      if (path === INPUTS_FILE) return false
      const namesItsFolder = base !== '' && path.startsWith(`${base}/`)
      return namesItsFolder || (!isInputs(path) && !isOwn(path))
    },
    isBelow: (path) => base === path || base.startsWith(`${path}/`),
  }
}

const isInputs = (path: string): boolean => path.startsWith(`${INPUTS_FOLDER}/`)

/** True when one of the globs can only match among the inputs, so that they have to be listed. */
export const looksAtInputs = (globs: readonly string[]): boolean =>
  globs.some((glob) => posix.normalize(glob).split('/')[0] === INPUTS_FOLDER)

/** Real path of something below the working folder, or why there is none: it is not there, or it leads out. */
export async function realInside(workFolder: string, path: string): Promise<{ real: string } | 'missing' | 'outside'> {
  try {
    const [root, real] = await Promise.all([realpath(workFolder), realpath(join(workFolder, path))])
    return isInside(real, root) ? { real } : 'outside'
  } catch (error) {
    const code = errnoOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return 'missing'
    throw error
  }
}
