import type { Dirent } from 'node:fs'
import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { ProblemError } from '../../../../src-shared/contract/index.ts'
import { secretTexts } from '../../executors/index.ts'
import { readSecrets } from '../../orchestrator/index.ts'
import type { CopyReader } from '../../storage/index.ts'
import { blobPath, DATABASE_MEMBER, pathFault } from './format.ts'

/** A file that goes into an archive. */
export interface Member {
  readonly path: string
  /** Where it is now */
  readonly file: string
  readonly size: number
  /** Only the owner's right to execute is kept */
  readonly isProgram: boolean
  /** Texts that are blackened */
  readonly secrets: readonly string[]
}

/** A link, socket, pipe or device, or a name that no archive can hold. */
export interface LeftOut {
  readonly leftOut: string
}

export interface MemberSource {
  /** The copy of the database */
  readonly database: string
  readonly reader: CopyReader
  /** The project's folder */
  readonly folder: string
}

const OWNER_EXECUTE = 0o100
/** Logs are masked with the run's secrets when they are read; who imports them does not have those. */
const LOGS: ReadonlySet<string> = new Set(['stdout.log', 'stderr.log', 'system.log'])
const NO_SECRETS: readonly string[] = []

/**
 * All that goes into an archive of a project, in the order in which it does. Folders are read as they are walked: the
 * memory does not grow with the project.
 */
export async function* membersOf({ database, reader, folder }: MemberSource): AsyncGenerator<Member | LeftOut> {
  yield await memberAt(DATABASE_MEMBER, database)
  for (const digest of reader.blobs()) yield await memberAt(blobPath(digest), join(folder, blobPath(digest)))
  for (const run of reader.runs()) {
    const runFolder = join(folder, 'runs', run)
    const secrets = secretTexts(Object.values(await readSecrets(join(folder, 'runs'), run)))
    yield* filesIn(runFolder, `runs/${run}`, secrets)
  }
}

/** The files below a folder, as members below `path`. */
export async function* filesIn(
  folder: string,
  path: string,
  secrets: readonly string[],
): AsyncGenerator<Member | LeftOut> {
  for await (const entry of entriesOf(folder)) {
    const [file, inside] = [join(folder, entry.name), `${path}/${entry.name}`]
    const isSecret = pathFault(inside) === 'is kept for secrets'
    if (isSecret) continue
    if (entry.isDirectory() && pathFault(`${inside}/x`) === null) yield* filesIn(file, inside, secrets)
    else if (!entry.isFile() || pathFault(inside) !== null) yield { leftOut: inside }
    else yield await memberAt(inside, file, LOGS.has(entry.name) ? secrets : NO_SECRETS)
  }
}

/** A run that made no file has no folder. */
async function* entriesOf(folder: string): AsyncGenerator<Dirent> {
  const opened = await opendir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (opened !== null) yield* opened
}

async function memberAt(path: string, file: string, secrets: readonly string[] = NO_SECRETS): Promise<Member> {
  const { size, mode } = await lstat(file).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? changedMeanwhile(path, error) : error
  })
  return { path, file, size, isProgram: (mode & OWNER_EXECUTE) !== 0, secrets }
}

/** Runs of this project were deleted, or run again. */
export const changedMeanwhile = (path: string, cause?: unknown): ProblemError =>
  new ProblemError('project_in_use', `The project was changed while it was exported: ${path} is not what it was.`, {
    fix: 'Export it again; archive the project before when it changes all the time.',
    ...(cause === undefined ? {} : { cause }),
  })
