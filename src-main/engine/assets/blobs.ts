/** Content-addressed file bodies of one project. The implementation is in `blob-store.ts`. */
export interface Blobs {
  /**
   * Stores a body; durable (fsync) when it resolves. The same body twice is stored once. With `expected`, a body of
   * another digest is refused with `blob_digest_mismatch` and not stored.
   */
  put(body: AsyncIterable<Uint8Array> | Uint8Array, expected?: string): Promise<{ digest: string; size: number }>
  /** Stores a file's body, without a copy through memory; shares blocks where the disk can (reflink). */
  putFile(path: string): Promise<{ digest: string; size: number }>
  /** Size in bytes, or null when there is none. Who asks may be about to refer to it: its age starts anew. */
  stat(digest: string): Promise<number | null>
  /** Streams a body and verifies it: a damaged one ends with `blob_corrupt` before the last chunk is handed out. */
  open(digest: string): AsyncIterable<Uint8Array>
  /** A small body at once, verified. Refuses more than `limit` bytes (64 MiB when absent). */
  read(digest: string, limit?: number): Promise<Uint8Array>
  /** Copies a verified body to a path that must not exist; shares blocks where the disk can. */
  copyTo(digest: string, path: string, executable?: boolean): Promise<void>
  /**
   * Deletes a body, unless someone stored it again or asked for it after `unlessUsedAfter` (ms since 1970). Called only
   * by retention, for what nothing refers to. Answers the bytes that were freed, or null when nothing was deleted.
   */
  remove(digest: string, unlessUsedAfter?: number): Promise<number | null>
  /** All digests with their size and when they were last stored or asked for (ms since 1970), for retention. */
  list(): AsyncIterable<{ digest: string; size: number; modifiedAt: number }>
}
