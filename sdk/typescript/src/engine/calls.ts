/** What is asked of an engine over HTTP, as far as others than the HTTP client need to know it. */
export interface EngineCalls {
  /** The answer as it comes. @throws EngineRefusal */
  open(call: HttpCall): Promise<AsyncIterable<Uint8Array> & { destroy(): unknown }>
  /** The answer as JSON; null when it has no body. @throws EngineRefusal */
  json<T>(call: HttpCall): Promise<T>
  /** Sends JSON, and answers JSON. @throws EngineRefusal */
  post<T>(path: string, body: unknown): Promise<T>
}

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly headers?: { readonly [name: string]: string }
  /** A function opens a stream anew for each try */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array> | (() => AsyncIterable<Uint8Array>)
  readonly signal?: AbortSignal
}
