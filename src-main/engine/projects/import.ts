import { mkdir } from 'node:fs/promises'
import { ProblemError, ProjectName } from '../../../src-shared/contract/index.ts'
import type { Transfers } from './archive/transfers.ts'
import type { Registry } from './registry.ts'

export interface ImportSource {
  readonly body: AsyncIterable<Uint8Array>
  /** Null for the name that it had */
  readonly name: string | null
  /** Under which one asks how far it is */
  readonly id: string | null
  /** Takes also what looks as if it were made to fill the disk */
  readonly isTrusted: boolean
  readonly signal: AbortSignal
}

export interface ImportParts {
  readonly registry: Registry
  readonly transfers: Transfers
  /** Folders that are being filled: nobody removes them */
  readonly filled: Set<string>
  readonly freeFolder: (name: string) => string
  readonly pathOf: (folder: string) => string
  readonly now: () => number
}

/**
 * Makes a project of an archive and answers its name.
 *
 *   reserve the folder (as if it were a deleted project's) ─▶ unpack and check ─▶ add it under its name
 *
 * Until the last step, one change of a row, there is no project; a killed engine's next start removes the folder.
 */
export async function importProject({ name, ...source }: ImportSource, parts: ImportParts): Promise<string> {
  const { registry, transfers, filled, now } = parts
  if (name !== null) refuseTaken(registry, name)
  const folder = parts.freeFolder(name ?? 'imported')
  filled.add(folder)
  registry.reserve(folder, now())
  try {
    const path = parts.pathOf(folder)
    await mkdir(path, { recursive: true, mode: 0o700 })
    const accept = (manifest: { readonly name: string }): void => refuseTaken(registry, name ?? usable(manifest.name))
    const manifest = await transfers.receive({ ...source, folder: path, accept })
    const given = name ?? manifest.name
    refuseTaken(registry, given) // by somebody else, meanwhile
    registry.addReserved({ folder, name: given, description: manifest.description, createdAt: now(), archivedAt: null })
    return given
  } finally {
    filled.delete(folder)
  }
}

const OTHER_NAME = 'Import it under another name: weir project import FILE --name NAME'

function refuseTaken(registry: Registry, name: string): void {
  if (registry.find(name) === null) return
  throw new ProblemError('project_exists', `There is a project ${name} already, or an archived one.`, {
    field: 'query.name',
    fix: OTHER_NAME,
  })
}

/** The name in a manifest comes from elsewhere. */
function usable(name: string): string {
  if (ProjectName.safeParse(name).success) return name
  throw new ProblemError('archive_invalid', 'The archive cannot be imported: the name in it is not allowed here.', {
    field: 'query.name',
    fix: OTHER_NAME,
  })
}
