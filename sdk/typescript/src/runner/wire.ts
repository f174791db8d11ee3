import { writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { lineReader } from './lines.ts'

/**
 * How an executor and its worker talk: lines of JSON over two pipes of their own, so that what code prints cannot be
 * mistaken for a message. Writing blocks until the worker has taken it: what was said before a crash arrives, in order, and
 * code that logs faster than the engine writes is slowed down rather than kept in memory.
 */

const READ_FD = 3
const WRITE_FD = 4
/** Text that is gathered before it is written, where many messages come at once. */
const BATCH_CHARACTERS = 64 * 1024
const FULL_PIPE_PAUSE_MS = 1

export class Wire<In, Out> {
  private readonly socket: Socket
  private isBatched = false
  private waiting = ''
  private planned = false

  constructor() {
    this.socket = new Socket({ fd: READ_FD, readable: true, writable: false })
  }

  /** @param onEnd the worker is gone */
  listen(onMessage: (message: In) => void, onEnd: () => void): void {
    const read = lineReader((line) => onMessage(JSON.parse(line) as In))
    this.socket.on('data', read)
    this.socket.once('end', onEnd)
    this.socket.once('error', onEnd)
  }

  /** From now on, what is said in one turn of the loop goes out together. */
  batch(): void {
    this.isBatched = true
  }

  send(message: Out): void {
    this.waiting += `${JSON.stringify(message)}\n`
    if (!this.isBatched || this.waiting.length > BATCH_CHARACTERS) this.flush()
    else if (!this.planned) {
      this.planned = true
      setImmediate(() => this.flush())
    }
  }

  flush(): void {
    const text = this.waiting
    this.waiting = ''
    this.planned = false
    if (text !== '') writeAll(WRITE_FD, Buffer.from(text))
  }
}

/** Writes everything, also to a pipe that is full. A reader that is gone ends this process. */
export function writeAll(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_PAUSE_MS)
      else if (code === 'EPIPE' || code === 'ECONNRESET') process.exit(1)
      else throw error
    }
  }
}
