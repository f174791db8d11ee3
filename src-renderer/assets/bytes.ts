import { EngineUnreachable, problemOf } from '../../src-shared/client/index.ts'

/** The bytes of a file from `from` to before `to`, or to its end. Throws what the engine says when it refuses. */
export async function readBytes(
  address: string,
  range: { readonly from: number; readonly to: number } | null,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const headers = range === null ? {} : { range: `bytes=${range.from}-${range.to - 1}` }
  const response = await fetch(address, { headers, signal }).catch((error: unknown) => {
    if (signal.aborted) throw error
    throw new EngineUnreachable('ECONNREFUSED', 'The file could not be read: no engine answers.', error)
  })
  if (response.status >= 400) throw problemOf(response.status, await response.text(), location.origin)
  try {
    return new Uint8Array(await response.arrayBuffer())
  } catch (error) {
    if (signal.aborted) throw error
    const reason =
      'The file came only in part: the connection was cut, or its body is damaged on the disk of the engine.'
    throw new EngineUnreachable('ECONNRESET', reason, error)
  }
}

/** Where the file of a view is. */
export const addressOf = (base: string, path: string): string =>
  base + path.split('/').map(encodeURIComponent).join('/')
