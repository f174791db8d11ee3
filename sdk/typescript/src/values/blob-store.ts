/** Keeps file bodies under their digests: the engine's store, or memory in tests. */
export interface BlobStore {
  /** Stores a body under its SHA-256, which the caller has computed. */
  put(digest: string, body: Uint8Array): Promise<void>
  /** Stores what does not fit into memory; answers its digest and size in bytes. */
  putStream(body: StreamBody): Promise<{ digest: string; size: number }>
  /** @throws Error when there is none */
  read(digest: string): AsyncIterable<Uint8Array>
}

/** A function can be asked again when the engine was away. */
export type StreamBody = AsyncIterable<Uint8Array> | (() => AsyncIterable<Uint8Array>)
