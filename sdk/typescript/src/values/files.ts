import type { AssetFile } from './asset-file.ts'
import { restoreFiles } from './restore.ts'
import { blobStore } from './store.ts'

const DIGEST = /^[0-9a-f]{64}$/

export function checkDigest(digest: string): string {
  if (!DIGEST.test(digest)) throw new TypeError(`"${digest}" is no digest: 64 hexadecimal digits.`)
  return digest
}

function checkSize(size: number): number {
  if (!Number.isSafeInteger(size) || size < 0) throw new TypeError(`${size} is no size of a file in bytes.`)
  return size
}

/** A file body in the engine's store, by its digest. Make one with `blob(data)`. */
export class Blob {
  /** SHA-256 in hex */
  readonly digest: string
  /** Bytes */
  readonly size: number
  /** For people and browsers, e.g. `image/png`; null when nobody said */
  readonly mediaType: string | null

  /** @throws TypeError when digest or size are none */
  constructor(digest: string, size: number, mediaType: string | null = null) {
    this.digest = checkDigest(digest)
    this.size = checkSize(size)
    this.mediaType = mediaType
  }

  /** The whole body. Reads it from the engine: works inside of executions, and on blobs that a client got. */
  async bytes(): Promise<Uint8Array> {
    const parts: Uint8Array[] = []
    for await (const part of this.stream()) parts.push(part)
    return new Uint8Array(Buffer.concat(parts))
  }

  /** The whole body as UTF-8 text. */
  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes())
  }

  /** The body in pieces, for what does not fit into memory. */
  stream(): AsyncIterable<Uint8Array> {
    return blobStore().read(this.digest)
  }
}

/** @throws TypeError when a path is absolute, or leaves its folder */
export function checkAssetPath(path: string): string {
  const parts = path.split('/')
  const isInside = path !== '' && !path.includes('\\') && !path.includes('\0') && !/^[A-Za-z]:/.test(path)
  if (!isInside || parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw new TypeError(`"${path}" is no path inside of an asset: it has to be relative and stay in its folder.`)
  }
  return path
}

/** Files under a name, kept by the engine. Make one with `asset(paths…)`. */
export class Asset {
  readonly name: string
  readonly files: readonly AssetFile[]

  /** @throws TypeError when a file's path, digest or size are none */
  constructor(name: string, files: readonly AssetFile[]) {
    this.name = name
    this.files = files.map((file) => ({
      path: checkAssetPath(file.path),
      digest: checkDigest(file.digest),
      size: checkSize(file.size),
      ...(file.executable === true ? { executable: true } : {}),
    }))
  }

  /** Bytes of all files */
  get size(): number {
    return this.files.reduce((sum, file) => sum + file.size, 0)
  }

  /**
   * Writes the files into a folder, which is made when it is not there.
   *
   * @param folder by default the working folder
   * @returns absolute paths of the files, in their order
   */
  async restore(folder = '.'): Promise<string[]> {
    return restoreFiles(this.files, folder, blobStore())
  }

  /**
   * One of the files, without writing it anywhere.
   *
   * @param path inside of the asset; may be left out when there is only one file
   * @throws Error when there is no such file, or several and no path
   */
  file(path?: string): Blob {
    const [only, ...others] = path === undefined ? this.files : this.files.filter((file) => file.path === path)
    if (only !== undefined && others.length === 0) return new Blob(only.digest, only.size)
    const names = this.files.map((file) => file.path).join(', ')
    throw new Error(
      `Asset ${this.name} has ${path === undefined ? 'not one file' : `no file ${path}`}: it has ${names || 'none'}.`,
    )
  }
}
