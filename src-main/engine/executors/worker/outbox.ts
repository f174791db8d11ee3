import { CLOSE, type EngineMessage, FRAME_BYTES } from '../../../../src-shared/contract/worker-protocol.ts'
import { ProtocolError } from './protocol-error.ts'

/** A frame is sent on when it has this many characters; one message may be longer. */
const FRAME_CHARS = 1024 * 1024
/** New executions wait while more than this is under way to the worker, in characters. */
const WINDOW_CHARS = 4 * 1024 * 1024
/** A worker that leaves more than this unread is cut off, in characters. */
const LIMIT_CHARS = 64 * 1024 * 1024
/** UTF-8 needs at most three bytes for each UTF-16 unit: what is shorter surely fits a frame. */
const SURELY_FITS = Math.floor(FRAME_BYTES / 3)

/** Messages to one connection: those of one turn of the event loop travel together. */
export class Outbox {
  readonly #post: (frame: string) => void
  readonly #failed: (error: ProtocolError) => void
  #messages: string[] = []
  /** Ends that are on disk, to be told together */
  #recorded: string[] = []
  #chars = 0
  /** Characters that were posted and have not left the engine */
  #unsent = 0
  #scheduled = false
  #closed = false

  constructor(post: (frame: string) => void, failed: (error: ProtocolError) => void) {
    this.#post = post
    this.#failed = failed
  }

  /** Whether it may be given more than it asked for. */
  get hasRoom(): boolean {
    return this.#unsent + this.#chars < WINDOW_CHARS
  }

  /** False when the message is longer than a frame may be: nothing is sent then. */
  send(message: EngineMessage): boolean {
    if (this.#closed) return true
    const text = JSON.stringify(message)
    if (text.length > SURELY_FITS && Buffer.byteLength(text) > FRAME_BYTES - 2) return false
    this.#messages.push(text)
    this.#chars += text.length + 1
    if (this.#unsent + this.#chars > LIMIT_CHARS) {
      this.#failed(new ProtocolError(CLOSE.silent, 'the worker does not read what it is sent'))
      return true
    }
    this.#schedule()
    return true
  }

  /** Tells that the end of an execution is on disk. */
  record(token: string): void {
    if (this.#closed) return
    this.#recorded.push(token)
    this.#schedule()
  }

  /** Posts what waits, at once. */
  flush(): void {
    this.#scheduled = false
    if (this.#recorded.length > 0) {
      const tokens = this.#recorded
      this.#recorded = []
      this.send({ type: 'recorded', tokens })
    }
    if (this.#closed || this.#messages.length === 0) return
    const messages = this.#messages
    this.#messages = []
    this.#chars = 0
    let begin = 0
    let size = 0
    messages.forEach((text, index) => {
      if (size > 0 && size + text.length > FRAME_CHARS) {
        this.#frame(messages.slice(begin, index))
        begin = index
        size = 0
      }
      size += text.length
    })
    this.#frame(messages.slice(begin))
  }

  /** So many characters have left the engine. */
  sent(chars: number): void {
    this.#unsent = Math.max(0, this.#unsent - chars)
  }

  close(): void {
    this.#closed = true
    this.#messages = []
    this.#recorded = []
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => this.flush())
  }

  #frame(messages: readonly string[]): void {
    const frame = `[${messages.join(',')}]`
    this.#unsent += frame.length
    this.#post(frame)
  }
}
