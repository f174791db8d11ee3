import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { EngineMessage, WorkerMessage } from '../../../../../src-shared/contract/worker-protocol.ts'
import type { WorkerMessage as Heard, EngineMessage as Said } from '../../protocol.ts'

const PATIENCE_MS = 30_000
const LOOK_EVERY_MS = 5

type OfType<T extends Heard['type']> = Extract<Heard, { type: T }>

/** Waits until `look` finds something. */
export async function eventually<T>(look: () => T | undefined | null | false, what: string): Promise<T> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; ) {
    const found = look()
    if (found !== undefined && found !== null && found !== false) return found
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
  throw new Error(`In ${PATIENCE_MS / 1000} s there was no ${what}.`)
}

/** One connection of a worker. Every message is held against the contract. */
export class Connection {
  readonly heard: Heard[] = []
  readonly authorization: string | undefined
  closed: { code: number } | null = null
  /** Frames, as they came */
  frames = 0
  private readonly socket: WebSocket
  private seen = 0

  constructor(socket: WebSocket, request: IncomingMessage) {
    this.socket = socket
    this.authorization = request.headers.authorization
    socket.on('message', (data: Buffer) => {
      this.frames += 1
      for (const message of JSON.parse(data.toString()) as unknown[]) {
        this.heard.push(WorkerMessage.parse(message) as Heard)
      }
    })
    socket.on('close', (code) => {
      this.closed = { code }
    })
  }

  say(...messages: Said[]): void {
    for (const message of messages) EngineMessage.parse(message)
    this.socket.send(JSON.stringify(messages))
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason)
  }

  /** As if the network had broken. */
  cut(): void {
    this.socket.terminate()
  }

  /** The next message of a type that was not handed out yet; others in between are passed over. */
  async next<T extends Heard['type']>(type: T, fits: (message: OfType<T>) => boolean = () => true): Promise<OfType<T>> {
    return eventually(
      () => {
        for (let at = this.seen; at < this.heard.length; at += 1) {
          const message = this.heard[at]
          if (message?.type === type && fits(message as OfType<T>)) {
            this.seen = at + 1
            return message as OfType<T>
          }
        }
        return undefined
      },
      `message "${type}"; heard: ${JSON.stringify(this.heard.slice(this.seen)).slice(0, 1000)}`,
    )
  }

  of<T extends Heard['type']>(type: T): OfType<T>[] {
    return this.heard.filter((message): message is OfType<T> => message.type === type)
  }

  /** Welcomes a worker; answers its hello. */
  async welcome(abort: string[] = [], version = 1): Promise<OfType<'hello'>> {
    const hello = await this.next('hello')
    const versions = Object.fromEntries(hello.manifests.map(({ module }) => [module, version]))
    this.say({
      type: 'welcome',
      protocol: 1,
      worker: 'brave-otter',
      engine: '0.1.0',
      project: 'default',
      versions,
      abort,
    })
    return hello
  }
}

/** An engine that says what a test tells it to, and keeps blobs. */
export class ScriptedEngine {
  readonly blobs = new Map<string, Buffer>()
  private readonly connections: Connection[] = []
  private readonly server: Server
  private readonly sockets: WebSocketServer
  private taken = 0
  private port = 0

  private constructor() {
    this.server = createServer((request, response) => void this.answer(request, response))
    this.sockets = new WebSocketServer({ server: this.server })
    this.sockets.on('connection', (socket, request) => this.connections.push(new Connection(socket, request)))
  }

  static async start(port = 0): Promise<ScriptedEngine> {
    const engine = new ScriptedEngine()
    await new Promise<void>((resolve) => engine.server.listen(port, '127.0.0.1', resolve))
    engine.port = (engine.server.address() as AddressInfo).port
    return engine
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get portNumber(): number {
    return this.port
  }

  /** The next worker that connects. */
  async connection(): Promise<Connection> {
    const found = await eventually(() => this.connections[this.taken], 'worker that connects')
    this.taken += 1
    return found
  }

  async stop(): Promise<void> {
    for (const connection of this.connections) connection.cut()
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const digest = /\/blobs\/([0-9a-f]{64})$/.exec(request.url ?? '')?.[1]
    if (request.method === 'GET' && digest !== undefined) {
      const body = this.blobs.get(digest)
      response.writeHead(body === undefined ? 404 : 200).end(body)
      return
    }
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const body = Buffer.concat(parts)
    const stored = createHash('sha256').update(body).digest('hex')
    this.blobs.set(stored, body)
    response.writeHead(201, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ digest: stored, size: body.length }))
  }
}
