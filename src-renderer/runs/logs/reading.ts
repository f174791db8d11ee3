import { EngineUnreachable, fetchTransport, problemOf } from '../../../src-shared/client/index.ts'
import { LogParser } from './ndjson.ts'
import type { LogStore } from './store.ts'

export interface Address {
  readonly origin: string
  readonly path: string
  readonly token: string | null
}

/** A proxy between the screens and an engine that is away answers with one of these. */
const GATEWAY = new Set([500, 502, 503, 504])
const PROBLEM = 'application/problem+json'
/** Bytes that are read at once; larger pieces would keep the worker from answering. */
const PIECE = 256 * 1024

/**
 * Reads the log into the store until the stream ends: then all is there. `onBytes` hears of each piece, and with 0 that the engine
 * has answered. Throws EngineUnreachable when it was cut, ProblemError when the engine refuses.
 */
export async function readInto(
  store: LogStore,
  address: Address,
  onBytes: (count: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const transport = fetchTransport({ url: address.origin })
  const headers: Record<string, string> = { accept: 'application/x-ndjson' }
  if (address.token !== null) headers.authorization = `Bearer ${address.token}`
  const answer = await transport.request({ method: 'GET', path: address.path, headers, repeatable: true, signal })
  if (answer.status >= 400) {
    const isProblem = answer.header('content-type')?.startsWith(PROBLEM) === true
    if (GATEWAY.has(answer.status) && !isProblem)
      throw new EngineUnreachable('ECONNREFUSED', `No engine answers at ${address.origin}.`)
    throw problemOf(answer.status, await textOf(answer.body), address.origin)
  }
  // It has answered: a step that writes nothing is not waited for.
  onBytes(0)
  const parser = new LogParser(store)
  for await (const chunk of answer.body) {
    for (let from = 0; from < chunk.length; from += PIECE) {
      const piece = chunk.subarray(from, from + PIECE)
      parser.push(piece)
      onBytes(piece.length)
    }
  }
  parser.end()
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body) text += decoder.decode(chunk, { stream: true })
  return text + decoder.decode()
}
