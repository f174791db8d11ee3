/** What a client needs from the world: requests and one socket. Implementations: `node.ts`, `fetch.ts`. */
export interface Transport {
  /** Resolves when the head of the answer is there; the body streams. Rejects with EngineUnreachable. */
  request(request: TransportRequest): Promise<TransportAnswer>
  /** Opens the WebSocket at `path`. Messages are text. */
  socket(path: string, token: string | null): Promise<TransportSocket>
  /** Where it connects to, for error sentences. */
  readonly target: string
  /** Closes idle connections; the client cannot be used afterwards. */
  close(): void
}

export interface TransportRequest {
  readonly method: string
  /** Path with query */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | Blob | AsyncIterable<Uint8Array>
  /** Whether the request may be sent again when a kept-alive connection turns out to be dead */
  readonly repeatable: boolean
  readonly signal?: AbortSignal
}

export interface TransportAnswer {
  readonly status: number
  header(name: string): string | null
  readonly body: AsyncIterable<Uint8Array>
}

export interface TransportSocket {
  send(text: string): void
  close(): void
  /** Messages in order; ends when the socket closed cleanly, throws EngineUnreachable when it was cut. */
  readonly messages: AsyncIterable<string>
}

/** No engine answers, or the connection was cut: nothing is known about whether the call was carried out. */
export class EngineUnreachable extends Error {
  override readonly name = 'EngineUnreachable'
  /** Code of the operating system, e.g. ECONNREFUSED, ENOENT (no such socket), ECONNRESET (cut) */
  readonly code: string

  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}

/** True when certainly nothing listens there; a cut connection is not that. */
export const nobodyListens = (error: unknown): boolean => error instanceof EngineUnreachable && NOBODY.has(error.code)

const NOBODY: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOENT', 'ENOTDIR'])
