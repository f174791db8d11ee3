import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import { log } from '../log.ts'

/** What belongs to one connection and not to the message (RFC 9110, 7.6.1), and what the engine must not be told. */
const NOT_SENT = new Set([
  'connection',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'origin',
  'cookie',
  'authorization',
])
const NOT_RETURNED = new Set(['connection', 'keep-alive', 'trailer', 'transfer-encoding', 'upgrade', 'set-cookie'])
/** Answers that have no body, whatever they say. */
const BODILESS = new Set([101, 204, 205, 304])

/**
 * Hands a call of a screen to the engine over its socket, where the file's permissions are the sign-in: screens never
 * see a token. Bodies stream both ways at the pace of the slower side. No engine: the call fails as a network error, which is
 * what it is.
 */
export async function answerFromEngine(call: Request, socketPath: string): Promise<Response> {
  const { pathname, search } = new URL(call.url)
  try {
    const answer = await exchange(call, socketPath, pathname + search)
    const status = answer.statusCode ?? 502
    const hasBody = call.method !== 'HEAD' && !BODILESS.has(status)
    if (!hasBody) answer.resume()
    return new Response(hasBody ? bodyOf(answer) : null, { status, headers: returned(answer) })
  } catch (error) {
    if (call.signal.aborted) return Response.error()
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    if (code !== lastCode) log(`no engine answers at ${socketPath}: ${code}`)
    lastCode = code
    return Response.error()
  }
}

/** Said once, not with each of the calls that a screen makes while it waits for the engine. */
let lastCode = ''

function exchange(call: Request, socketPath: string, path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // A connection for each call: it costs tens of microseconds here, and one that was kept may be dead.
    const outgoing = httpRequest({ socketPath, path, method: call.method, headers: sent(call.headers), agent: false })
    const onAbort = (): void => void outgoing.destroy(new Error('the screen has aborted the call'))
    call.signal.addEventListener('abort', onAbort, { once: true })
    outgoing.once('response', (answer) => {
      lastCode = ''
      resolve(answer)
      answer.once('close', () => call.signal.removeEventListener('abort', onAbort))
    })
    outgoing.on('error', reject) // after the answer came, a cut upload is no news
    if (call.body === null) {
      outgoing.end()
      return
    }
    const body = Readable.fromWeb(call.body)
    body.once('error', (error) => outgoing.destroy(error))
    outgoing.once('close', () => body.destroy())
    body.pipe(outgoing)
  })
}

function sent(headers: Headers): OutgoingHttpHeaders {
  const out: OutgoingHttpHeaders = { host: 'localhost' }
  for (const [name, value] of headers) if (!NOT_SENT.has(name)) out[name] = value
  return out
}

function returned(answer: IncomingMessage): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value === undefined || NOT_RETURNED.has(name)) continue
    for (const item of Array.isArray(value) ? value : [value]) headers.append(name, item)
  }
  return headers
}

/** The body; breaking off the reading closes the connection, so that the engine does not send into the void. */
function bodyOf(answer: IncomingMessage): ReadableStream<Uint8Array> {
  return Readable.toWeb(answer) as ReadableStream<Uint8Array>
}
