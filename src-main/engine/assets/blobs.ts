/** Content-addressed file bodies of one project. The implementation is in `blob-store.ts`. */
export interface Blobs {
  /** Stores a body; durable (fsync) when it resolves. The same body twice is stored once. */
  put(body: AsyncIterable<Uint8Array> | Uint8Array): Promise<{ digest: string; size: number }>
  /** Stores a file's body, without a copy through memory; shares blocks where the disk can (reflink). */
  putFile(path: string): Promise<{ digest: string; size: number }>
  /** Size in bytes, or null when there is none. */
  stat(digest: string): Promise<number | null>
  /** Streams a body and verifies it: a damaged one ends with `blob_corrupt` before the last chunk is handed out. */
  open(digest: string): AsyncIterable<Uint8Array>
  /** A small body at once, verified. Refuses more than `limit` bytes (64 MiB when absent). */
  read(digest: string, limit?: number): Promise<Uint8Array>
  /** Copies a verified body to a path that must not exist; shares blocks where the disk can. */
  copyTo(digest: string, path: string, executable?: boolean): Promise<void>
  /** Deletes a body. Called only by retention, for what nothing refers to. */
  remove(digest: string): Promise<number>
  /** All digests with their size and age, for retention. */
  list(): AsyncIterable<{ digest: string; size: number; modifiedAt: number }>
}
