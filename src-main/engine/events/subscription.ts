import type { RunEvent, ServerMessage } from '../../../src-shared/contract/index.ts'
import { mustExist } from './handlers.ts'
import type { EventSource } from './source.ts'

/** Events that are read from the journal, and sent, at once. */
const REPLAY_PAGE = 500

/** The reader's side of a subscription, as far as it matters here. */
export interface Reader {
  send(message: ServerMessage): void
  /** Whether too much waits to be read already */
  isFull(): boolean
  /** Resolves when there is room again, or the reader is gone. */
  room(): Promise<void>
  readonly isGone: boolean
}

export interface Request {
  readonly id: string
  readonly project: string
  readonly run?: string | undefined
  readonly after?: number | undefined
}

/**
 * Delivers the events of a project or a run to one reader, each once and in order.
 *
 *   replaying  reads pages of the journal at the reader's pace, until nothing newer is there
 *   live       passes on commits as they come; a reader that does not keep up is told to re-sync, and it ends
 *   ended
 */
export class EventSubscription {
  readonly #source: EventSource | Promise<EventSource>
  readonly #reader: Reader
  readonly #request: Request
  readonly #onEnd: () => void
  #state: 'replaying' | 'live' | 'ended' = 'replaying'
  #cursor = 0
  /** Newest cursor of what was committed for this subscription since it began */
  #committed = 0
  #unlisten: (() => void) | null = null

  constructor(source: EventSource | Promise<EventSource>, reader: Reader, request: Request, onEnd: () => void) {
    this.#source = source
    this.#reader = reader
    this.#request = request
    this.#onEnd = onEnd
  }

  /** @throws ProblemError project_not_found, or what the journal throws; the subscription has ended then */
  async start(): Promise<void> {
    const { id, project, after } = this.#request
    try {
      const source = await this.#source
      await mustExist(source, project)
      if (this.#hasEnded()) return
      // Listening comes before reading: a commit in between is noticed, and read in the next page.
      this.#unlisten = source.onCommit(project, (events) => this.#take(events))
      this.#cursor = after ?? (await source.lastCursor(project))
      if (this.#hasEnded()) return
      this.#reader.send({ type: 'subscribed', id, cursor: this.#cursor })
      await this.#replay(source)
    } catch (error) {
      this.end()
      throw error
    }
  }

  end(): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#unlisten?.()
    this.#onEnd()
  }

  async #replay(source: EventSource): Promise<void> {
    const { project, run } = this.#request
    while (!this.#hasEnded()) {
      const { items, cursor } = await source.after(project, this.#cursor, REPLAY_PAGE, run)
      if (this.#hasEnded()) return
      const isNewest = cursor === this.#cursor && this.#committed <= cursor
      this.#cursor = Math.max(cursor, this.#cursor)
      if (items.length > 0) this.#deliver(items)
      if (isNewest) {
        this.#state = 'live'
        return
      }
      if (this.#reader.isFull()) await this.#reader.room()
      if (this.#reader.isGone) this.end()
    }
  }

  /** Called for every commit of the project. */
  #take(events: readonly RunEvent[]): void {
    const { id, run } = this.#request
    const wanted = run === undefined ? events : events.filter((event) => event.run === run)
    const last = wanted.at(-1)?.cursor
    if (last === undefined) return
    this.#committed = Math.max(this.#committed, last)
    if (this.#state !== 'live' || last <= this.#cursor) return
    if (this.#reader.isFull()) {
      this.#reader.send({ type: 'resync', id, cursor: this.#cursor })
      this.end()
      return
    }
    const fresh = wanted.filter((event) => event.cursor > this.#cursor)
    this.#cursor = last
    this.#deliver(fresh)
  }

  #deliver(events: RunEvent[]): void {
    this.#reader.send({ type: 'events', id: this.#request.id, events, cursor: this.#cursor })
  }

  // A method, because the compiler does not see that `await` lets the state change.
  #hasEnded(): boolean {
    return this.#state === 'ended'
  }
}
