import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { AssetFile, AssetValue } from '../../src-shared/contract/index.ts'
import type { Session } from './connect.ts'
import { CliError, explainSystemError } from './failure.ts'
import type { PathValue } from './params.ts'
import { filesOfFolder, globsOf, type LocalFile, type LocalSource, matchFiles } from './source.ts'
import { TransferMeter } from './transfer.ts'

/** Files that travel at once: enough to hide the engine's fsync, few enough to keep memory flat. */
const PARALLEL = 4
const CHUNK_BYTES = 256 * 1024

/** Stores the files that go with a definition as blobs; by path. */
export async function uploadSourceFiles(session: Session, source: LocalSource): Promise<AssetFile[]> {
  return await uploadFiles(
    session,
    await matchFiles(source.folder, await globsOf(source.text)),
    'Uploading files of the workflow',
  )
}

/** The same without sending anything: enough to check a definition. */
export async function hashSourceFiles(source: LocalSource): Promise<AssetFile[]> {
  const files: AssetFile[] = []
  for (const file of await matchFiles(source.folder, await globsOf(source.text))) {
    const hash = createHash('sha256')
    for await (const chunk of chunksOf(file)) hash.update(chunk)
    files.push(assetFile(file, hash.digest('hex'), file.size))
  }
  return files
}

/** Turns a path that was given for a parameter into an asset value. */
export async function uploadParam(session: Session, param: PathValue): Promise<AssetValue> {
  const files = await filesOfParam(param)
  return { kind: 'asset', name: param.name, files: await uploadFiles(session, files, `Uploading ${param.name}`) }
}

async function filesOfParam({ name, type, paths }: PathValue): Promise<LocalFile[]> {
  const files: LocalFile[] = []
  for (const path of paths) {
    try {
      files.push(...(await filesAt(name, type, path, paths.length > 1)))
    } catch (error) {
      const explained = explainSystemError(error)
      if (!(explained instanceof CliError) || explained === error) throw explained
      throw new CliError(
        explained.exit,
        explained.code,
        `Parameter ${name}: ${explained.message}`,
        explained.fix,
        error,
      )
    }
  }
  const seen = new Set<string>()
  const twice = files.find((file) => seen.size === seen.add(file.path).size)
  if (twice !== undefined)
    throw invalid(`Parameter ${name} has two files that are called ${twice.path}.`, 'Give the folder that holds both.')
  return files
}

const invalid = (message: string, fix: string): CliError => new CliError('invalid', 'params_invalid', message, fix)

/** @param isOne one path of several: the files of a folder are then told apart by its name */
async function filesAt(name: string, type: PathValue['type'], path: string, isOne: boolean): Promise<LocalFile[]> {
  const info = await stat(path)
  if (info.isDirectory()) {
    if (type === 'file') throw invalid(`Parameter ${name} needs a file; ${path} is a folder.`, 'Name a file in it.')
    const inside = await filesOfFolder(path)
    return isOne ? inside.map((file) => ({ ...file, path: `${basename(path)}/${file.path}` })) : inside
  }
  if (type === 'directory')
    throw invalid(`Parameter ${name} needs a folder; ${path} is a file.`, 'Name the folder that holds it.')
  const executable = process.platform !== 'win32' && (info.mode & 0o100) !== 0
  return [{ path: basename(path), absolute: path, size: info.size, executable }]
}

async function uploadFiles(session: Session, files: readonly LocalFile[], title: string): Promise<AssetFile[]> {
  const meter = new TransferMeter(
    session.output,
    title,
    files.reduce((sum, file) => sum + file.size, 0),
  )
  const uploaded: AssetFile[] = []
  const queue = files.entries()
  const worker = async (): Promise<void> => {
    for (const [index, file] of queue) uploaded[index] = await uploadFile(session, file, meter)
  }
  try {
    await Promise.all(Array.from({ length: Math.min(PARALLEL, files.length) }, worker))
  } finally {
    meter.end()
  }
  return uploaded
}

async function uploadFile(session: Session, file: LocalFile, meter: TransferMeter): Promise<AssetFile> {
  const hash = createHash('sha256')
  const body = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunksOf(file)) {
      hash.update(chunk)
      meter.add(chunk.length)
      yield chunk
    }
  }
  const { client, routes, project } = session
  const blob = await client.call(routes.assets.putBlob, { params: { project }, body: body() })
  if (blob.digest !== hash.digest('hex')) {
    throw new CliError(
      'failed',
      'blob_digest_mismatch',
      `${file.absolute} did not arrive as it was sent.`,
      'Try again; check the network and the disk of the engine when it happens again.',
    )
  }
  return assetFile(file, blob.digest, blob.size)
}

const chunksOf = (file: LocalFile): AsyncIterable<Buffer> =>
  createReadStream(file.absolute, { highWaterMark: CHUNK_BYTES })

const assetFile = ({ path, executable }: LocalFile, digest: string, size: number): AssetFile =>
  executable ? { path, digest, size, executable } : { path, digest, size }
