import { createHash, randomUUID } from 'node:crypto'
import { chmod, link, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import type { AssetFile } from '../../src-shared/contract/index.ts'
import type { Session } from './connect.ts'
import { CliError } from './failure.ts'
import { TransferMeter } from './transfer.ts'

const EXECUTABLE_MODE = 0o755

export interface DownloadOptions {
  /** Write over a file that is there */
  readonly force: boolean
  /** Path of the file instead of the one inside the asset */
  readonly to?: string
}

/**
 * Writes a file of an asset below `dir`, checked against its digest. It appears under its name only when it is whole.
 * @returns where it was written
 */
export async function download(
  session: Session,
  file: AssetFile,
  dir: string,
  options: DownloadOptions,
): Promise<string> {
  const target = options.to === undefined ? insideOf(dir, file.path) : resolve(options.to)
  await mkdir(dirname(target), { recursive: true })
  const part = join(dirname(target), `.${randomUUID()}.part`)
  const handle = await open(part, 'wx')
  try {
    for await (const chunk of checkedBody(session, file)) await handle.writeFile(chunk)
    await handle.close()
    if (file.executable === true) await chmod(part, EXECUTABLE_MODE)
    await publish(part, target, options.force)
    return target
  } finally {
    await handle.close()
    await rm(part, { force: true })
  }
}

/** Gives a finished file its name. A link fails when the name is taken, so that nothing is written over by a race; not every disk has links. */
export async function publish(
  part: string,
  target: string,
  force: boolean,
  fix = 'Choose another folder with --dir, or write over it with --force.',
): Promise<void> {
  if (force) return await rename(part, target)
  try {
    await link(part, target)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'EEXIST') return await rename(part, target)
    throw new CliError('usage', 'file_exists', `${target} is there already.`, fix)
  }
}

/** The engine's word is not taken for where files may be written. */
function insideOf(dir: string, path: string): string {
  const target = resolve(dir, path)
  const way = relative(resolve(dir), target)
  if (way !== '' && !way.startsWith('..') && !isAbsolute(way)) return target
  throw new CliError('failed', 'unsafe_path', `The path ${path} leaves the folder ${dir}; it is not written.`)
}

/** The body of a file; throws at its end when the digest is another. */
export async function* checkedBody(session: Session, file: AssetFile): AsyncGenerator<Uint8Array> {
  const { client, routes, project, output } = session
  const meter = new TransferMeter(output, `Downloading ${file.path}`, file.size)
  const hash = createHash('sha256')
  try {
    const { body } = await client.bytes(routes.assets.getBlob, { params: { project, digest: file.digest } })
    for await (const chunk of body) {
      hash.update(chunk)
      meter.add(chunk.length)
      yield chunk
    }
  } finally {
    meter.end()
  }
  if (hash.digest('hex') !== file.digest) {
    throw new CliError(
      'failed',
      'blob_digest_mismatch',
      `${file.path} did not arrive as it was stored.`,
      'Try again; weir doctor checks the disk of the engine.',
    )
  }
}
