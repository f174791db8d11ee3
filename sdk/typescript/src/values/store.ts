import { scope } from '../host.ts'
import type { BlobStore } from './blob-store.ts'

let fallback: BlobStore | null = null

/** Where blobs are read from outside of executions: the engine of the client that was made last. */
export function setDefaultStore(store: BlobStore): void {
  fallback = store
}

/** @throws Error outside of executions, when no client was made */
export function blobStore(): BlobStore {
  const store = scope()?.host.blobs ?? fallback
  if (store === null) {
    throw new Error('Blobs are kept by an engine, and none is known here: work in a task, or make a Client first.')
  }
  return store
}

/** A whole body. */
export async function readAll(store: BlobStore, digest: string): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of store.read(digest)) parts.push(part)
  return Buffer.concat(parts)
}
