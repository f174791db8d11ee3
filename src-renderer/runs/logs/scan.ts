import { plainText } from './ansi.ts'
import { type Column, integerColumn } from './columns.ts'
import { type Expressions, TooSlow } from './expressions.ts'
import { pack } from './packed.ts'
import type { Filter, Tried } from './protocol.ts'
import { byteFinder, expressionOf, type Query, type Range, rangesOf } from './query.ts'
import { LEVELS, type LogStore } from './store.ts'

/** Lines of one slice: between slices the worker answers others. */
const SLICE_LINES = 32_768
/**
 * Lines that a regular expression is tried on at once: few at first, because a slow one must be found out before the timeout
 * of {@link Expressions}, more as long as it is quick, because each batch is a way to another worker and back.
 */
const FIRST_BATCH = 4_096
const LARGEST_BATCH = 65_536
const QUICK_MS = 100

export const NO_FILTER: Filter = { step: null, attempt: null, stream: null, level: null }

/**
 * Which lines are shown, and which of them match. Goes through a store slice by slice and goes on when more lines have
 * come. Without a filter rows are lines, and no list is kept.
 */
export class Scan {
  readonly store: LogStore
  readonly #filter: Filter
  readonly #expressions: Expressions
  readonly #expression: RegExp | null
  readonly #find: ((bytes: Uint8Array, from: number, to: number) => boolean) | null
  readonly #isRegExp: boolean
  readonly #rows: Column | null
  readonly #matches: Column | null
  /** By number of the source: does it pass the filter */
  readonly #passes: boolean[] = []
  #scanned = 0
  #batch = FIRST_BATCH
  problem: string | null = null

  constructor(store: LogStore, filter: Filter, query: Query | null, onlyMatches: boolean, expressions: Expressions) {
    this.store = store
    this.#filter = filter
    this.#expressions = expressions
    const expression = query === null ? null : expressionOf(query)
    if (typeof expression === 'string') this.problem = expression
    this.#expression = expression instanceof RegExp ? expression : null
    this.#isRegExp = query?.isRegExp === true
    this.#find = query === null ? null : byteFinder(query)
    this.#matches = this.#expression === null ? null : integerColumn()
    const filters = filter.step !== null || filter.attempt !== null || filter.stream !== null || filter.level !== null
    this.#rows = onlyMatches && this.#matches !== null ? this.#matches : filters ? integerColumn() : null
  }

  get rows(): number {
    return this.#rows?.length ?? this.store.count
  }

  get matches(): number {
    return this.#matches?.length ?? 0
  }

  get scanned(): number {
    return this.#rows === null && this.#matches === null ? this.store.count : this.#scanned
  }

  get isDone(): boolean {
    return this.scanned >= this.store.count || (this.problem !== null && this.#rows === null)
  }

  lineOf(row: number): number {
    return this.#rows === null ? row : this.#rows.get(row)
  }

  /** Row of a line, or of the first shown one behind it. */
  rowOf(line: number): number {
    return this.#rows === null ? line : this.#rows.lowerBound(line)
  }

  /**
   * The next matching line from `row` on (or before it), round the end. Null: there is none. 'unknown': lines that may
   * hold it have not been looked through.
   */
  find(row: number, direction: 1 | -1): { row: number; place: number } | null | 'unknown' {
    const matches = this.#matches
    if (matches === null || this.problem !== null) return null
    const line = row >= this.rows ? this.store.count : this.lineOf(Math.max(0, row))
    const at = matches.lowerBound(line)
    if (direction === -1 && !this.isDone && this.#scanned < line) return 'unknown'
    if (direction === 1 && at < matches.length) return this.#place(at)
    if (direction === -1 && at > 0) return this.#place(at - 1)
    if (!this.isDone) return 'unknown'
    if (matches.length === 0) return null
    return this.#place(direction === 1 ? 0 : matches.length - 1)
  }

  #place(match: number): { row: number; place: number } {
    return { row: this.rowOf(this.#matches?.get(match) ?? 0), place: match + 1 }
  }

  /** Looks through the next slice. */
  async step(): Promise<void> {
    const from = this.#scanned
    if (this.#isRegExp && this.#matches !== null && this.problem === null) {
      await this.#tryExpression(from, Math.min(this.store.count, from + this.#batch))
      return
    }
    const to = Math.min(this.store.count, from + SLICE_LINES)
    for (let line = from; line < to; line += 1) {
      if (this.#isShown(line))
        this.#add(line, this.#matches !== null && this.problem === null && this.#matchesText(line))
    }
    this.#scanned = to
  }

  async #tryExpression(from: number, to: number): Promise<void> {
    const lines: number[] = []
    for (let line = from; line < to; line += 1) if (this.#isShown(line)) lines.push(line)
    const start = performance.now()
    const tried = await this.#try((expression) => this.#expressions.test(expression, pack(this.store, lines)))
    if (tried === null) return
    const isQuick = performance.now() - start < QUICK_MS
    this.#batch = isQuick ? Math.min(LARGEST_BATCH, this.#batch * 2) : Math.max(FIRST_BATCH, this.#batch / 2)
    for (const [index, line] of lines.entries()) this.#add(line, tried.hits[index] === 1)
    this.#scanned = to
  }

  async #try(ask: (expression: RegExp) => Promise<Tried>): Promise<Tried | null> {
    if (this.#expression === null) return null
    try {
      return await ask(this.#expression)
    } catch (error) {
      if (!(error instanceof TooSlow)) throw error
      this.problem = 'This expression takes too long on some lines. Make it simpler, or search for plain text.'
      return null
    }
  }

  #add(line: number, isMatch: boolean): void {
    if (isMatch) this.#matches?.push(line)
    if (this.#rows !== null && this.#rows !== this.#matches) this.#rows.push(line)
  }

  #isShown(line: number): boolean {
    const { stream, level } = this.#filter
    if (stream !== null && this.store.stream(line) !== stream) return false
    if (level !== null && this.store.level(line) < LEVELS.indexOf(level)) return false
    const number = this.store.source(line)
    const known = this.#passes[number]
    if (known !== undefined) return known
    const source = this.store.sources[number]
    const passes =
      source !== undefined &&
      (this.#filter.step === null || isOf(source.step, this.#filter.step)) &&
      (this.#filter.attempt === null || source.attempt === this.#filter.attempt)
    this.#passes[number] = passes
    return passes
  }

  #matchesText(line: number): boolean {
    const store = this.store
    if (this.#find !== null && !store.isSpecial(line)) {
      const from = store.offset(line)
      return this.#find(store.chunkOf(line), from, from + store.size(line))
    }
    return this.#expression !== null && this.plain(line).search(this.#expression) !== -1
  }

  /** As it is shown, whole */
  plain(line: number): string {
    const text = this.store.text(line)
    return this.store.isSpecial(line) ? plainText(text) : text
  }

  /** Places of the query in texts as they are shown. */
  async marks(texts: readonly string[]): Promise<readonly (readonly Range[])[]> {
    const expression = this.#expression
    if (expression === null || this.problem !== null) return []
    if (!this.#isRegExp) return texts.map((text) => rangesOf(expression, text))
    return (await this.#try((known) => this.#expressions.places(known, texts)))?.ranges ?? []
  }
}

/** A step is also all items of its fan-out. */
const isOf = (step: string, wanted: string): boolean => step === wanted || step.startsWith(`${wanted}[`)
