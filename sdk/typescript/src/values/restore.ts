import { createWriteStream } from 'node:fs'
import { chmod, mkdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { AssetFile } from './asset-file.ts'
import type { BlobStore } from './blob-store.ts'

const EXECUTABLE = 0o755

/** Writes files of an asset below a folder. Their paths were checked when the asset was made. */
export async function restoreFiles(files: readonly AssetFile[], folder: string, store: BlobStore): Promise<string[]> {
  const root = resolve(folder)
  const paths: string[] = []
  for (const file of files) {
    const path = join(root, ...file.path.split('/'))
    await mkdir(dirname(path), { recursive: true })
    await pipeline(Readable.from(store.read(file.digest)), createWriteStream(path))
    if (file.executable === true) await chmod(path, EXECUTABLE)
    paths.push(path)
  }
  return paths
}
