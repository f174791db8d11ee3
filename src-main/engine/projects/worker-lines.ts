import type { FromSocket, ToSocket } from '../executors/index.ts'

/** The WebSocket of a worker, as a project's thread uses it. */
export interface WorkerSocket {
  send(text: string): void
  close(code: number, reason: string): void
  /** So many characters that were handed over have been dealt with */
  taken(chars: number): void
}

/** The project's thread, as the WebSocket of a worker uses it. */
export interface WorkerLine {
  frame(text: string): void
  /** So many characters have left the engine */
  sent(chars: number): void
  /** @param isOver whether the worker closed it as one that leaves */
  closed(isOver: boolean): void
}

/** RFC 6455: the service restarts, come back */
const SERVICE_RESTART = 1012

/** The connections of workers that one thread serves, by number. */
export class WorkerLines {
  readonly #sockets = new Map<number, WorkerSocket>()
  #next = 1

  get size(): number {
    return this.#sockets.size
  }

  open(socket: WorkerSocket, post: (message: FromSocket) => void): WorkerLine {
    const connection = this.#next++
    this.#sockets.set(connection, socket)
    post({ type: 'worker.opened', connection })
    return {
      frame: (text) => post({ type: 'worker.frame', connection, text }),
      sent: (chars) => post({ type: 'worker.sent', connection, chars }),
      closed: (isOver) => {
        if (this.#sockets.delete(connection)) post({ type: 'worker.closed', connection, isOver })
      },
    }
  }

  hear(message: ToSocket): void {
    const socket = this.#sockets.get(message.connection)
    if (socket === undefined) return
    switch (message.type) {
      case 'worker.send':
        return socket.send(message.text)
      case 'worker.taken':
        return socket.taken(message.chars)
      case 'worker.close':
        this.#sockets.delete(message.connection)
        return socket.close(message.code, message.reason)
    }
  }

  /** The thread has ended. */
  closeAll(reason: string): void {
    const sockets = [...this.#sockets.values()]
    this.#sockets.clear()
    for (const socket of sockets) socket.close(SERVICE_RESTART, reason)
  }
}
