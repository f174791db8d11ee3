import { WebSocket } from 'ws'
import { type EngineAddress, socketUrl } from '../engine/address.ts'
import { type EngineMessage, FRAME_BYTES, SILENCE_MS, type WorkerMessage } from '../protocol.ts'

/** A frame is closed when it has so many characters; each may take three bytes. */
const FRAME_CHARACTERS = 1024 * 1024
const HANDSHAKE_MS = 10_000
const LOOK_EVERY_MS = 1000

export interface LinkEvents {
  readonly onOpen: () => void
  readonly onMessages: (messages: EngineMessage[]) => void
  /** @param status of an HTTP answer that was no WebSocket */
  readonly onClose: (code: number, reason: string, status: number | null) => void
}

/** One connection to the engine. Messages of one turn of the loop share frames. */
export class Link {
  private readonly socket: WebSocket
  private waiting: string[] = []
  private planned = false
  private heardAt = performance.now()
  private readonly watch: NodeJS.Timeout
  private status: number | null = null
  private failure = ''

  constructor(address: EngineAddress, project: string, events: LinkEvents) {
    const path = `/api/v1/projects/${encodeURIComponent(project)}/workers/connect`
    this.socket = new WebSocket(socketUrl(address, path), {
      handshakeTimeout: HANDSHAKE_MS,
      perMessageDeflate: false,
      maxPayload: FRAME_BYTES * 2,
      ...(address.token === null ? {} : { headers: { authorization: `Bearer ${address.token}` } }),
    })
    this.socket.on('open', events.onOpen)
    this.socket.on('message', (data: Buffer) => {
      this.heardAt = performance.now()
      events.onMessages(JSON.parse(data.toString()) as EngineMessage[])
    })
    this.socket.on('unexpected-response', (request, answer) => {
      this.status = answer.statusCode ?? null
      answer.resume()
      request.destroy()
      this.socket.terminate()
    })
    this.socket.on('error', (error) => {
      this.failure = error.message
    })
    this.socket.on('close', (code, reason) => {
      clearInterval(this.watch)
      events.onClose(code, reason.toString() || this.failure, this.status)
    })
    this.watch = setInterval(() => this.listen(), LOOK_EVERY_MS)
  }

  send(message: WorkerMessage): void {
    this.waiting.push(JSON.stringify(message))
    if (this.planned) return
    this.planned = true
    setImmediate(() => this.flush())
  }

  flush(): void {
    this.planned = false
    const waiting = this.waiting
    this.waiting = []
    if (this.socket.readyState !== WebSocket.OPEN) return
    let frame: string[] = []
    let size = 0
    for (const text of waiting) {
      if (size > 0 && size + text.length > FRAME_CHARACTERS) {
        this.socket.send(`[${frame.join(',')}]`)
        frame = []
        size = 0
      }
      frame.push(text)
      size += text.length
    }
    if (frame.length > 0) this.socket.send(`[${frame.join(',')}]`)
  }

  close(): void {
    this.flush()
    this.socket.close(1000)
  }

  private listen(): void {
    if (this.socket.readyState === WebSocket.OPEN && performance.now() - this.heardAt > SILENCE_MS)
      this.socket.terminate()
  }
}
