import { urlOf } from '../../../src-shared/client/index.ts'
import { type LogStream, runRoutes } from '../../../src-shared/contract/index.ts'
import { PROJECT, sessionToken, useConnection } from '../../api/index.ts'
import type { Filter, FromWorker, LogState, Row, Tail, ToWorker } from './protocol.ts'
import type { Query } from './query.ts'

/** Rows that are asked for at once. */
const PAGE = 128
/** Pages that are kept; far more than a screen shows. */
const MAX_PAGES = 64

export interface LogOf {
  readonly run: string
  readonly step?: string | undefined
  readonly attempt?: number | undefined
  readonly stream?: LogStream | undefined
  /** Only the last lines, and what comes after them */
  readonly tail?: number | undefined
}

interface Page {
  rows: readonly Row[]
  isAsked: boolean
}

const NOTHING: LogState = {
  revision: 0,
  phase: 'reading',
  lines: 0,
  textBytes: 0,
  memory: 0,
  rate: 0,
  rows: 0,
  matches: 0,
  scanned: 0,
  sources: [],
  problem: null,
  queryProblem: null,
  readings: 1,
}

export interface Found {
  readonly row: number
  readonly place: number
}

type Answers = { found: Found | null; text: Blob | string | null; line: string }

/** A log in a worker, as the window sees it: its state, and the rows that are at hand. */
export class LogSource {
  readonly #worker: Worker
  readonly #unwatch: () => void
  readonly #listeners = new Set<() => void>()
  readonly #waiting = new Map<number, (value: never) => void>()
  #pages = new Map<number, Page>()
  #state = NOTHING
  #tail: Tail = { from: 0, rows: [] }
  #version = 0
  #revision = 0
  #next = 0

  constructor(of: LogOf) {
    this.#worker = new Worker(new URL('./logs.worker.ts', import.meta.url), { type: 'module' })
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#take(data)
    this.#unwatch = useConnection.subscribe((now, before) => {
      if (now.generation !== before.generation) this.#send({ type: 'again' })
    })
    const { run, ...query } = of
    const path = urlOf(runRoutes.logs, { project: PROJECT, run }, { ...query, follow: true })
    this.#send({ type: 'open', origin: location.origin, path, token: sessionToken(), isTail: of.tail !== undefined })
  }

  get state(): LogState {
    return this.#state
  }

  /** Whether the state is about what was last asked to be shown */
  get isFresh(): boolean {
    return this.#state.revision === this.#revision
  }

  /** Changes whenever the state or the rows at hand have changed. */
  get version(): number {
    return this.#version
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  show(filter: Filter, query: Query | null, onlyMatches: boolean): void {
    this.#revision += 1
    this.#send({ type: 'show', filter, query, onlyMatches, revision: this.#revision })
  }

  /** The row, or null while it is on its way: it is asked for by {@link want}. */
  row(index: number): Row | null {
    return (
      this.#pages.get(Math.floor(index / PAGE))?.rows[index % PAGE] ?? this.#tail.rows[index - this.#tail.from] ?? null
    )
  }

  /** Asks for what is missing of these rows. */
  want(from: number, to: number): void {
    for (let number = Math.floor(from / PAGE); number * PAGE < to; number += 1) {
      const page = this.#pages.get(number)
      const expected = Math.min(PAGE, this.#state.rows - number * PAGE)
      if (page !== undefined && (page.isAsked || page.rows.length >= expected)) continue
      this.#pages.delete(number) // and set again: the pages are in the order of their last use
      this.#pages.set(number, { rows: page?.rows ?? [], isAsked: true })
      this.#send({ type: 'rows', id: number, from: number * PAGE, count: PAGE })
    }
    for (const number of this.#pages.keys()) {
      if (this.#pages.size <= MAX_PAGES) break
      this.#pages.delete(number)
    }
  }

  find(row: number, direction: 1 | -1): Promise<Found | null> {
    return this.#ask<'found'>((id) => ({ type: 'find', id, row, direction }))
  }

  /** Rows to put on the clipboard; null when they are too many. */
  async copy(from: number, to: number): Promise<string | null> {
    const text = await this.#ask<'text'>((id) => ({ type: 'text', id, from, to }))
    return typeof text === 'string' ? text : null
  }

  /** All lines, or those that are shown, as they were written. */
  async file(onlyShown: boolean): Promise<Blob> {
    const body = await this.#ask<'text'>((id) => ({ type: 'file', id, onlyShown }))
    return body instanceof Blob ? body : new Blob([body ?? ''])
  }

  /** The whole of a row that is shown cut. */
  line(row: number): Promise<string> {
    return this.#ask<'line'>((id) => ({ type: 'line', id, row }))
  }

  close(): void {
    this.#unwatch()
    this.#worker.terminate()
    this.#listeners.clear()
  }

  #ask<K extends keyof Answers>(message: (id: number) => ToWorker): Promise<Answers[K]> {
    const id = this.#next++
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      this.#send(message(id))
    })
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message)
  }

  #take(message: FromWorker): void {
    if (message.type === 'state') {
      const state = { ...message.state, sources: message.sources ?? this.#state.sources }
      if (state.revision !== this.#state.revision || state.readings !== this.#state.readings) this.#forget()
      this.#state = state
      this.#tail = message.tail
      this.#changed()
    } else if (message.type === 'rows') {
      if (message.revision !== this.#revision) return
      this.#pages.set(message.id, { rows: message.rows, isAsked: false })
      this.#changed()
    } else if (message.type === 'found') this.#resolve(message.id, message.found)
    else if (message.type === 'text') this.#resolve(message.id, message.body)
    else this.#resolve(message.id, message.text)
  }

  #resolve<T>(id: number, value: T): void {
    const resolve = this.#waiting.get(id) as ((value: T) => void) | undefined
    this.#waiting.delete(id)
    resolve?.(value)
  }

  /** What stands in the pages may be other rows now: it is shown until the new ones have come. */
  #forget(): void {
    this.#pages = new Map()
  }

  #changed(): void {
    this.#version += 1
    for (const listener of this.#listeners) listener()
  }
}
