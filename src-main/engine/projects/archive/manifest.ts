import { z } from 'zod'
import { ProblemError } from '../../../../src-shared/contract/index.ts'
import { SCHEMA_VERSION } from '../../storage/index.ts'
import { FORMAT, invalidArchive, MAX_MANIFEST_BYTES, Manifest } from './format.ts'

/** All that is looked at before it is known that the rest is understood. */
const Head = z.object({ format: z.int().min(1), weir: z.string().max(100).default('unknown') })

/**
 * Reads the first member of an archive.
 * @throws ProblemError archive_newer, archive_invalid
 */
export async function readManifest(entry: AsyncIterable<unknown>): Promise<Manifest> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of entry as AsyncIterable<Uint8Array>) {
    size += piece.length
    if (size > MAX_MANIFEST_BYTES) throw invalidArchive('its manifest is too long')
    pieces.push(piece)
  }
  const content = parsed(Buffer.concat(pieces).toString('utf8'))
  const head = Head.safeParse(content)
  if (!head.success) throw invalidArchive('its manifest is not that of a project')
  if (head.data.format > FORMAT) throw newer(head.data.weir, `its format is ${head.data.format}`, FORMAT)
  const manifest = Manifest.safeParse(content)
  if (!manifest.success) {
    const [issue] = manifest.error.issues
    throw invalidArchive(`its manifest is wrong at ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`)
  }
  const { schema, weir } = manifest.data
  if (schema > SCHEMA_VERSION) throw newer(weir, `its database has schema version ${schema}`, SCHEMA_VERSION)
  return manifest.data
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw invalidArchive('its manifest is no JSON', undefined, error)
  }
}

const newer = (weir: string, what: string, known: number): ProblemError =>
  new ProblemError('archive_newer', `The archive was made by Weir ${weir}: ${what}, this Weir knows up to ${known}.`, {
    fix: 'Import it with that version or a later one.',
  })
