import { createHash } from 'node:crypto'
import { EngineRefusal } from '../errors.ts'
import type { BlobStore, StreamBody } from '../values/blob-store.ts'
import type { EngineCalls } from './calls.ts'

const BYTES = { 'content-type': 'application/octet-stream' }

/** Blobs of a project, in the engine. */
export class EngineBlobs implements BlobStore {
  private readonly http: EngineCalls
  private readonly path: string

  constructor(http: EngineCalls, project: string) {
    this.http = http
    this.path = `/api/v1/projects/${encodeURIComponent(project)}/blobs`
  }

  async put(digest: string, body: Uint8Array): Promise<void> {
    await this.http.json({ method: 'POST', path: `${this.path}?digest=${digest}`, body, headers: BYTES })
  }

  async putStream(body: StreamBody): Promise<{ digest: string; size: number }> {
    return this.http.json({ method: 'POST', path: this.path, body, headers: BYTES })
  }

  async *read(digest: string): AsyncGenerator<Uint8Array> {
    const answer = await this.http.open({ method: 'GET', path: `${this.path}/${digest}` })
    const hash = createHash('sha256')
    for await (const part of answer) {
      hash.update(part as Buffer)
      yield part
    }
    if (hash.digest('hex') !== digest) {
      throw new EngineRefusal('blob_corrupt', `The body of the blob ${digest} came broken.`, 'Try again.')
    }
  }
}
