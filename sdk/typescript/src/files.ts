import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, relative, resolve, sep } from 'node:path'
import { filesBelow, inWords } from './found.ts'
import { scopeFor } from './host.ts'
import { LIMITS } from './limits.ts'
import type { AssetFile } from './values/asset-file.ts'
import { digestOf, encode } from './values/encode.ts'
import { Asset, Blob, checkAssetPath } from './values/files.ts'
import { blobStore } from './values/store.ts'

const EXECUTE_BITS = 0o111

export interface AssetOptions {
  /** By default the name of the first path */
  readonly name?: string
}

/**
 * Keeps files with this execution. Folders are kept with all that is in them. Links are followed where they are named, and
 * inside of a folder as long as they stay in it.
 *
 * @param paths files and folders, relative to the working folder or absolute; at least one. The last argument may be options
 * @returns the asset; it may be a result or an argument, and `restore(folder)` writes its files
 * @throws Error when a path is not there, or is neither file nor folder, or a link leads out of its folder
 * @example return asset('model.json', 'plots', { name: 'best' })
 */
export async function asset(...paths: [string, ...(string | AssetOptions)[]]): Promise<Asset> {
  const current = scopeFor('asset()')
  const last = paths.at(-1)
  const options: AssetOptions = typeof last === 'object' ? last : {}
  const named = paths.filter((path): path is string => typeof path === 'string')
  const files: AssetFile[] = []
  for (const path of named.map((one) => resolve(one))) {
    const root = rootOf(path)
    for await (const file of filesBelow(path)) files.push(await inWords(file, () => storeFile(file, root)))
  }
  if (files.length === 0) throw new Error(`asset: ${named.join(', ')} hold no files.`)
  const made = new Asset((options.name ?? basename(resolve(paths[0]))).slice(0, LIMITS.asset), unique(files))
  current.host.asset(made.name, encode(made, 'asset').json)
  return made
}

/** What paths in the asset are relative to. */
function rootOf(path: string): string {
  const inside = relative(process.cwd(), path)
  return inside.startsWith('..') || inside === path ? resolve(path, '..') : process.cwd()
}

async function storeFile(path: string, root: string): Promise<AssetFile> {
  const { digest, size } = await blobStore().putStream(() => createReadStream(path) as AsyncIterable<Buffer>)
  const { mode } = await stat(path)
  const inside = checkAssetPath(relative(root, path).split(sep).join('/'))
  const isExecutable = process.platform !== 'win32' && (mode & EXECUTE_BITS) !== 0
  return { path: inside, digest, size, ...(isExecutable ? { executable: true } : {}) }
}

function unique(files: readonly AssetFile[]): AssetFile[] {
  return [...new Map(files.map((file) => [file.path, file])).values()]
}

/** Writes the files of an asset into a folder; see `Asset.restore`. */
export const restore = (from: Asset, folder?: string): Promise<string[]> => from.restore(folder)

/**
 * Stores a body that is not to travel inside of values: a picture, an archive, anything large.
 *
 * @param data bytes, text (as UTF-8), or pieces of bytes as they come
 * @param options.mediaType e.g. `image/png`
 */
export async function blob(
  data: Uint8Array | string | AsyncIterable<Uint8Array>,
  options: { readonly mediaType?: string } = {},
): Promise<Blob> {
  const store = blobStore()
  if (typeof data === 'string' || data instanceof Uint8Array) {
    const body = typeof data === 'string' ? new TextEncoder().encode(data) : data
    const digest = digestOf(body)
    await store.put(digest, body)
    return new Blob(digest, body.byteLength, options.mediaType)
  }
  const { digest, size } = await store.putStream(data)
  return new Blob(digest, size, options.mediaType)
}
