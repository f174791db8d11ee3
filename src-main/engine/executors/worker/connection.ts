import {
  CLOSE,
  type EngineMessage,
  WORKER_PROTOCOL,
  type WorkerMessage,
} from '../../../../src-shared/contract/worker-protocol.ts'
import { messagesOf, readMessage } from './incoming.ts'
import type { Link } from './link.ts'
import { Outbox } from './outbox.ts'
import type { ToSocket } from './parts.ts'
import { MalformedMessage, ProtocolError } from './protocol-error.ts'
import type { Session } from './session.ts'

export type Hello = Extract<WorkerMessage, { type: 'hello' }>
type Declare = Extract<WorkerMessage, { type: 'declare' }>

/** What may come before `welcome` was sent, in frames: a worker is to wait for it. */
const EARLY_FRAMES = 100

interface Frame {
  readonly messages: readonly unknown[]
  readonly chars: number
}

export interface ConnectionParts {
  readonly number: number
  readonly post: (message: ToSocket) => void
  /** Resolves with the session when the worker is welcome; rejects with a ProtocolError when it is not. */
  readonly greet: (connection: Connection, hello: Hello) => Promise<Session>
  readonly declare: (session: Session, message: Declare) => Promise<EngineMessage>
  /** Called once, when it has ended from whichever side */
  readonly ended: (connection: Connection, isOver: boolean) => void
  /** Something that nobody foresaw */
  readonly failed: (error: unknown) => void
}

/**
 * One connection of a worker.
 *
 *   new ──hello──▶ greeting ──welcome──▶ open ──▶ closed        frames that come while it is greeted wait
 */
export class Connection implements Link {
  readonly number: number
  session: Session | null = null
  /** When it was last heard, in ms of performance.now() */
  heardAt = performance.now()
  readonly #parts: ConnectionParts
  readonly #outbox: Outbox
  #phase: 'new' | 'greeting' | 'open' | 'closed' = 'new'
  #early: Frame[] = []
  /** Writes that the frame which is being read has caused */
  #writes: Promise<void>[] = []

  constructor(parts: ConnectionParts) {
    this.#parts = parts
    this.number = parts.number
    this.#outbox = new Outbox(
      (text) => parts.post({ type: 'worker.send', connection: parts.number, text }),
      (error) => this.close(error.code, error.message),
    )
  }

  get hasRoom(): boolean {
    return this.#outbox.hasRoom
  }

  send(message: EngineMessage): boolean {
    return this.#outbox.send(message)
  }

  record(token: string): void {
    this.#outbox.record(token)
  }

  holdBack(until: Promise<void>): void {
    this.#writes.push(until)
  }

  /** So many characters left the engine. */
  sent(chars: number): void {
    this.#outbox.sent(chars)
    this.session?.pump()
  }

  receive(frame: string): void {
    if (this.#phase === 'closed') return
    this.heardAt = performance.now()
    try {
      this.#read({ messages: messagesOf(frame), chars: frame.length })
    } catch (error) {
      this.#refuse(error)
    }
  }

  #read({ messages, chars }: Frame): void {
    for (const [index, message] of messages.entries()) {
      // A message before this one may have ended the connection.
      if (this.#phase === 'closed') return
      if (this.#phase === 'greeting') return this.#wait({ messages: messages.slice(index), chars })
      this.#take(message)
    }
    this.#taken(chars)
  }

  #wait(frame: Frame): void {
    this.#early.push(frame)
    if (this.#early.length > EARLY_FRAMES) {
      throw new ProtocolError(CLOSE.malformed, 'wait for "welcome" before you say more')
    }
  }

  /** The engine ends it; the reason is told. */
  close(code: number, reason: string): void {
    if (this.#phase === 'closed') return
    this.#outbox.flush()
    this.#end(false)
    this.#parts.post({ type: 'worker.close', connection: this.number, code, reason })
  }

  /** It was ended by the worker, or broke. @param isOver whether the worker said that it leaves */
  broke(isOver: boolean): void {
    if (this.#phase !== 'closed') this.#end(isOver)
  }

  #end(isOver: boolean): void {
    this.#phase = 'closed'
    this.#outbox.close()
    this.#early = []
    this.#parts.ended(this, isOver)
  }

  #taken(chars: number): void {
    const done = (): void => this.#parts.post({ type: 'worker.taken', connection: this.number, chars })
    if (this.#writes.length === 0) return done()
    void Promise.all(this.#writes).then(done)
    this.#writes = []
  }

  #take(given: unknown): void {
    if (this.#phase === 'new') return this.#greet(given)
    const message = this.#understood(given)
    if (message === null) return
    if (this.session === null || message.type === 'hello') {
      throw new ProtocolError(CLOSE.malformed, '"hello" is the first message, and is said once')
    }
    if (message.type === 'declare') {
      const declared = this.#parts.declare(this.session, message)
      declared.then((answer) => this.send(answer)).catch((error: unknown) => this.#refuse(error))
      return
    }
    this.session.take(message)
  }

  /** Null when it is malformed, and the execution that said it has been told. */
  #understood(given: unknown): WorkerMessage | null {
    try {
      return readMessage(given)
    } catch (error) {
      if (error instanceof MalformedMessage && this.session?.takeMalformed(error) === true) return null
      throw error
    }
  }

  #greet(given: unknown): void {
    refuseOtherVersion(given)
    const hello = readMessage(given)
    if (hello.type !== 'hello') throw new ProtocolError(CLOSE.malformed, 'the first message is "hello"')
    this.#phase = 'greeting'
    this.#parts
      .greet(this, hello)
      .then((session) => this.#welcome(session))
      .catch((error: unknown) => this.#refuse(error))
  }

  #welcome(session: Session): void {
    if (this.#phase !== 'greeting') return
    this.#phase = 'open'
    this.session = session
    session.welcomed()
    const early = this.#early
    this.#early = []
    for (const frame of early) this.#read(frame)
  }

  #refuse(error: unknown): void {
    if (error instanceof ProtocolError) return this.close(error.code, error.message)
    this.#parts.failed(error)
    this.close(INTERNAL_ERROR, 'the engine failed; its log tells more')
  }

  get isOpen(): boolean {
    return this.#phase !== 'closed'
  }
}

/** Of RFC 6455 */
const INTERNAL_ERROR = 1011

/** Looked at before the schema: another version may say hello in another way. */
function refuseOtherVersion(given: unknown): void {
  if (typeof given !== 'object' || given === null || !('type' in given) || given.type !== 'hello') return
  if (!('protocol' in given) || given.protocol === WORKER_PROTOCOL) return
  const other = String(given.protocol).slice(0, 20)
  throw new ProtocolError(CLOSE.version, `this engine speaks version ${WORKER_PROTOCOL} of the protocol, not ${other}`)
}
