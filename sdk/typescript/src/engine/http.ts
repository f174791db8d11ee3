import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { EngineRefusal } from '../errors.ts'
import type { EngineAddress } from './address.ts'
import type { EngineCalls, HttpCall } from './calls.ts'

const FIRST_WAIT_MS = 200
const LONGEST_WAIT_MS = 5000

/** Node's own client. Loaded with the first call: executors have this file, and most of them call nothing. */
interface Transport {
  readonly request: (options: RequestOptions) => ClientRequest
  readonly agent: Agent
}

const AGENT = { keepAlive: true, maxSockets: 16 }

async function transportFor({ url }: EngineAddress): Promise<Transport> {
  if (url?.startsWith('https:') === true) {
    const https = await import('node:https')
    return { request: https.request, agent: new https.Agent(AGENT) }
  }
  const http = await import('node:http')
  return { request: http.request, agent: new http.Agent(AGENT) }
}

/** Calls an engine. While it is away, e.g. for a restart, a call waits for it. */
export class EngineHttp implements EngineCalls {
  private readonly address: EngineAddress
  private transport: Promise<Transport> | null = null
  private readonly patienceMs: number

  /** @param patienceMs how long a call waits for an engine that is away */
  constructor(address: EngineAddress, patienceMs = 0) {
    this.address = address
    this.patienceMs = patienceMs
  }

  async open(call: HttpCall): Promise<IncomingMessage> {
    const answer = await this.patiently(call)
    if ((answer.statusCode ?? 0) < 400) return answer
    throw await refusal(answer, this.address.name)
  }

  async json<T>(call: HttpCall): Promise<T> {
    const body = await textOf(await this.open(call))
    return (body === '' ? null : JSON.parse(body)) as T
  }

  post<T>(path: string, body: unknown): Promise<T> {
    const key = crypto.randomUUID() // a repeated call is carried out once
    const headers = { 'content-type': 'application/json', 'idempotency-key': key }
    return this.json<T>({ method: 'POST', path, body: JSON.stringify(body), headers })
  }

  close(): void {
    void this.transport?.then(({ agent }) => agent.destroy())
  }

  private async patiently(call: HttpCall): Promise<IncomingMessage> {
    const deadline = performance.now() + this.patienceMs
    const isRepeatable = typeof call.body !== 'object' || call.body instanceof Uint8Array
    for (let pause = FIRST_WAIT_MS; ; pause = Math.min(pause * 2, LONGEST_WAIT_MS)) {
      try {
        return await this.send(call)
      } catch (error) {
        call.signal?.throwIfAborted()
        if (isRepeatable && error instanceof Reset) continue
        if (!isRepeatable || performance.now() + pause > deadline) throw unreachable(error, this.address.name)
        await wait(pause)
      }
    }
  }

  /** @throws Reset when the engine closed an idle connection in the moment of the call: send it again */
  private async send(call: HttpCall): Promise<IncomingMessage> {
    const { url, socketPath, token } = this.address
    this.transport ??= transportFor(this.address)
    const { request: open, agent } = await this.transport
    const place = url === undefined ? { socketPath, host: 'localhost', path: call.path } : targetOf(url, call.path)
    const given = typeof call.body === 'function' ? call.body() : call.body
    const body = typeof given === 'string' ? Buffer.from(given) : given
    const headers = {
      accept: 'application/json, */*',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body instanceof Uint8Array ? { 'content-length': String(body.byteLength) } : {}),
      ...call.headers,
    }
    const signal = call.signal === undefined ? {} : { signal: call.signal }
    const request = open({ ...place, ...signal, agent, method: call.method, headers })
    return new Promise((resolve, reject) => {
      request.once('response', resolve)
      request.on('error', (error) => reject(request.reusedSocket ? new Reset(error.message) : error))
      if (body === undefined || body instanceof Uint8Array) request.end(body)
      else {
        const source = Readable.from(body, { objectMode: false })
        source.once('error', (error) => request.destroy(error))
        request.once('close', () => source.destroy())
        source.pipe(request)
      }
    })
  }
}

/** A connection that was kept alive broke; a fresh one may well work. */
class Reset extends Error {}

function targetOf(origin: string, path: string): { host: string; port: string; path: string } {
  const { hostname, port, protocol } = new URL(origin)
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port || (protocol === 'https:' ? '443' : '80'), path }
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of answer) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}

async function refusal(answer: IncomingMessage, name: string): Promise<EngineRefusal> {
  const text = await textOf(answer)
  try {
    const problem = JSON.parse(text) as { code?: string; detail?: string; fix?: string }
    if (typeof problem.code === 'string') {
      return new EngineRefusal(problem.code, problem.detail ?? problem.code, problem.fix ?? null)
    }
  } catch {
    // No engine of Weir: said below.
  }
  return new EngineRefusal('unexpected', `${name} answered ${answer.statusCode ?? 0}, not as a Weir engine does.`, null)
}

function unreachable(error: unknown, name: string): Error {
  const why = error instanceof Error ? error.message : String(error)
  return new EngineRefusal('unreachable', `${name} does not answer (${why}).`, 'Start it with: weir boot up --daemon')
}
