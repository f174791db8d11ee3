import { EngineUnreachable } from '../../../src-shared/client/index.ts'
import { ProblemError } from '../../../src-shared/contract/index.ts'
import { lastWritten } from './ansi.ts'
import { Expressions, type Tryer } from './expressions.ts'
import type { FromWorker, LogProblem, LogState, Phase, Row, Tail, ToWorker } from './protocol.ts'
import type { Range } from './query.ts'
import type { Address } from './reading.ts'
import { NO_FILTER, Scan } from './scan.ts'
import { LogFull, LogStore } from './store.ts'
import { writtenBlob } from './written.ts'

/** A row shows this much of a line; the whole of it is asked for on its own. */
export const ROW_CHARS = 4_000
/** Most text that is put on the clipboard. */
const MAX_COPY_BYTES = 32 * 1024 * 1024
const STATE_MS = 100
/** About as many as a large window shows. */
const TAIL_ROWS = 80
/** Without bytes for this long, what is there has been read. */
const LIVE_AFTER_MS = 400
const RATE_MS = 1_000
/** A line that was written this shortly ago is live, also while more and more come. */
const NEW_MS = 2_000

type Of<T extends ToWorker['type']> = Extract<ToWorker, { type: T }>

export interface SessionParts {
  post(message: FromWorker): void
  /** Fills the store until the log has ended; see `readInto` */
  read(store: LogStore, address: Address, onBytes: (count: number) => void, signal: AbortSignal): Promise<void>
  makeTryer(): Tryer
  /** Before an engine that went away is asked again */
  pause(): Promise<void>
  /** Lets messages in */
  breathe(): Promise<void>
}

/** The lines of one log: reads them, keeps them, and answers a window about them. */
export class LogSession {
  readonly #parts: SessionParts
  readonly #expressions: Expressions
  #store = new LogStore()
  #show: Of<'show'> = { type: 'show', filter: NO_FILTER, query: null, onlyMatches: false, revision: 0 }
  #scan: Scan
  #phase: Phase = 'reading'
  #problem: LogProblem | null = null
  #readings = 1
  #reading = new AbortController()
  #isScanning = false
  #stateTimer: ReturnType<typeof setTimeout> | null = null
  #liveTimer: ReturnType<typeof setTimeout> | undefined
  #rate = { since: 0, bytes: 0, last: 0 }
  #finds: Of<'find'>[] = []
  /** The sources that the window knows */
  #told: { store: LogStore | null; count: number } = { store: null, count: 0 }

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.#expressions = new Expressions(() => parts.makeTryer())
    this.#scan = this.#newScan()
  }

  receive(message: ToWorker): void {
    if (message.type === 'open') void this.#read(message)
    else if (message.type === 'show') this.#change(message)
    else if (message.type === 'rows') void this.#answerRows(message)
    else if (message.type === 'find') {
      this.#finds = [message]
      this.#answerFinds()
    } else if (message.type === 'text') this.#answerText(message)
    else if (message.type === 'file') this.#answerFile(message)
    else if (message.type === 'again') this.#reading.abort()
    else this.#parts.post({ type: 'line', id: message.id, text: this.#scan.plain(this.#scan.lineOf(message.row)) })
  }

  /**
   * Reads until the log has ended, again and again when the connection is cut. Where a merged stream was cut cannot be
   * found again (its order depends on when lines came), so it is read anew from the start; the lines that are there
   * stay until as many have come again.
   */
  async #read({ origin, path, token, isTail }: Of<'open'>): Promise<void> {
    for (;;) {
      const store = this.#store.count === 0 ? this.#store : new LogStore()
      const take = (count: number): void => {
        this.#count(count)
        if (count > 0 && store !== this.#store && (isTail || store.count >= this.#store.count)) this.#swap(store)
        if (store !== this.#store) return // read again, and not yet as far as what is shown
        this.#setPhase(isNew(store) ? 'live' : 'reading')
        this.#liveSoon()
        this.#more()
      }
      try {
        this.#reading = new AbortController()
        await this.#parts.read(store, { origin, path, token }, take, this.#reading.signal)
        if (store !== this.#store) this.#swap(store)
        return this.#end('complete')
      } catch (error) {
        if (error instanceof LogFull) {
          if (store !== this.#store) this.#swap(store)
          return this.#end('full')
        }
        clearTimeout(this.#liveTimer)
        this.#problem = problemFor(error)
        const isCut = error instanceof EngineUnreachable || this.#reading.signal.aborted
        if (!isCut) return this.#end('failed')
        this.#setPhase('cut')
        this.#postState()
      }
      await this.#parts.pause()
    }
  }

  #end(phase: Phase): void {
    clearTimeout(this.#liveTimer)
    this.#setPhase(phase)
    this.#more()
    this.#postState()
  }

  #setPhase(phase: Phase): void {
    if (phase !== 'cut' && phase !== 'failed') this.#problem = null
    if (this.#phase === phase) return
    this.#phase = phase
    this.#stateSoon()
  }

  #liveSoon(): void {
    clearTimeout(this.#liveTimer)
    this.#liveTimer = setTimeout(() => {
      this.#setPhase('live')
      this.#stateSoon()
    }, LIVE_AFTER_MS)
  }

  #count(bytes: number): void {
    const now = performance.now()
    this.#rate.bytes += bytes
    const elapsed = now - this.#rate.since
    if (elapsed < RATE_MS) return
    const last = elapsed > 2 * RATE_MS ? 0 : (this.#rate.bytes * 1000) / elapsed
    this.#rate = { since: now, bytes: 0, last }
  }

  #swap(store: LogStore): void {
    this.#store = store
    this.#readings += 1
    this.#scan = this.#newScan()
  }

  #newScan(): Scan {
    const { filter, query, onlyMatches } = this.#show
    return new Scan(this.#store, filter, query, onlyMatches, this.#expressions)
  }

  #change(show: Of<'show'>): void {
    this.#show = show
    this.#finds = []
    this.#expressions.stop(new Error('The search has changed.'))
    this.#scan = this.#newScan()
    this.#more()
    this.#postState()
  }

  /** Lines have come, or are looked for anew. */
  #more(): void {
    this.#stateSoon()
    if (!this.#isScanning) void this.#scanAll()
  }

  async #scanAll(): Promise<void> {
    this.#isScanning = true
    while (!this.#scan.isDone) {
      const scan = this.#scan
      try {
        await scan.step()
      } catch (error) {
        if (scan === this.#scan) throw error // otherwise the search was replaced: its expression was stopped
      }
      this.#answerFinds()
      this.#stateSoon()
      await this.#parts.breathe()
    }
    this.#isScanning = false
    this.#answerFinds()
  }

  #stateSoon(): void {
    this.#stateTimer ??= setTimeout(() => this.#postState(), STATE_MS)
  }

  #postState(): void {
    clearTimeout(this.#stateTimer ?? undefined)
    this.#stateTimer = null
    const state: Omit<LogState, 'sources'> = {
      revision: this.#show.revision,
      phase: this.#phase,
      lines: this.#store.count,
      textBytes: this.#store.textBytes,
      memory: this.#store.memory,
      rate: this.#rate.last,
      rows: this.#scan.rows,
      matches: this.#scan.matches,
      scanned: this.#scan.scanned,
      problem: this.#problem,
      queryProblem: this.#scan.problem,
      readings: this.#readings,
    }
    const { sources } = this.#store
    const isKnown = this.#told.store === this.#store && this.#told.count === sources.length
    this.#told = { store: this.#store, count: sources.length }
    this.#parts.post({ type: 'state', state, sources: isKnown ? null : sources, tail: this.#tail() })
  }

  #tail(): Tail {
    const scan = this.#scan
    const from = Math.max(0, scan.rows - TAIL_ROWS)
    const rows = Array.from({ length: scan.rows - from }, (_, index) => this.#row(scan, scan.lineOf(from + index), []))
    return { from, rows }
  }

  async #answerRows({ id, from, count }: Of<'rows'>): Promise<void> {
    const scan = this.#scan
    const { revision, query } = this.#show
    const to = Math.min(scan.rows, from + count)
    const lines = Array.from({ length: Math.max(0, to - from) }, (_, index) => scan.lineOf(from + index))
    const post = (marks: readonly (readonly Range[])[]): void => {
      const rows = lines.map((line, index) => this.#row(scan, line, marks[index] ?? []))
      this.#parts.post({ type: 'rows', id, revision, from, rows })
    }
    if (query === null || query.isRegExp) post([])
    if (query === null) return
    try {
      const marks = await scan.marks(lines.map((line) => scan.plain(line).slice(0, ROW_CHARS)))
      if (scan === this.#scan) post(marks)
    } catch (error) {
      if (scan === this.#scan) throw error // otherwise the search was replaced, and its expression stopped
    }
  }

  #row(scan: Scan, line: number, marks: readonly Range[]): Row {
    const store = scan.store
    const { text, overwritten } = lastWritten(store.text(line))
    const cut = text.length > ROW_CHARS ? cutAt(text) : text.length
    return {
      line: line + 1,
      at: store.at(line),
      source: store.source(line),
      stream: store.stream(line),
      partial: store.isPartial(line),
      text: text.slice(0, cut),
      hidden: text.length - cut,
      overwritten,
      marks,
    }
  }

  #answerFinds(): void {
    const waiting: Of<'find'>[] = []
    for (const find of this.#finds) {
      const found = this.#scan.find(find.row, find.direction)
      if (found === 'unknown') waiting.push(find)
      else this.#parts.post({ type: 'found', id: find.id, found })
    }
    this.#finds = waiting
  }

  #answerFile({ id, onlyShown }: Of<'file'>): void {
    const store = this.#store
    const scan = onlyShown ? this.#scan : new Scan(store, NO_FILTER, null, false, this.#expressions)
    this.#parts.post({ type: 'text', id, body: writtenBlob(store, scan, 0, scan.rows) })
  }

  #answerText({ id, from, to }: Of<'text'>): void {
    const scan = this.#scan
    const end = Math.min(to, scan.rows)
    const lines: string[] = []
    let bytes = 0
    for (let row = from; row < end && bytes <= MAX_COPY_BYTES; row += 1) {
      const line = scan.lineOf(row)
      bytes += scan.store.size(line)
      lines.push(scan.plain(line))
    }
    this.#parts.post({ type: 'text', id, body: bytes > MAX_COPY_BYTES ? null : lines.join('\n') })
  }
}

const isNew = (store: LogStore): boolean => store.count > 0 && Date.now() - store.at(store.count - 1) < NEW_MS

/** Not between the two halves of a character. */
function cutAt(text: string): number {
  const code = text.charCodeAt(ROW_CHARS - 1)
  return code >= 0xd800 && code < 0xdc00 ? ROW_CHARS - 1 : ROW_CHARS
}

function problemFor(error: unknown): LogProblem {
  if (error instanceof ProblemError) return { code: error.code, message: error.message, context: error.context }
  return { code: null, message: error instanceof Error ? error.message : String(error), context: {} }
}
