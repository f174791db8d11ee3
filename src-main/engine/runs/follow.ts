import { type Channel, createChannel } from './channel.ts'
import type { LoggedExecution } from './executions.ts'
import { type LogLines, type LogQuery, readExecution, readLines } from './logs.ts'

/** What a follower asks about a run. */
export interface RunWatch {
  /** All executions as they are now; at later calls at least those that changed since. Null when the run was deleted */
  executions(): Promise<{ readonly executions: readonly LoggedExecution[]; readonly over: boolean } | null>
  /** Those of them that may have written something by now */
  written(executions: readonly LoggedExecution[]): Promise<readonly LoggedExecution[]>
  /** Called when the run has changed; returns the function that ends it. */
  onChange(listener: () => void): () => void
}

/** How soon after a look the next one comes at the earliest, in ms: a run of many short calls changes all the time. */
const LOOK_EVERY_MS = 50
/** How often it is asked whether an execution that was silent has begun to write, in ms. */
const SILENT_EVERY_MS = 250

/** What is there and what comes, of executions that run and of those that start later, until the run has ended. */
export async function* followLines(
  watch: RunWatch,
  query: LogQuery,
  signal: AbortSignal,
): AsyncGenerator<LogLines, void, undefined> {
  const start = await watch.executions()
  if (start === null) return
  const follower = new Follower(watch, query, start.executions)
  const leave = (): void => follower.leave()
  signal.addEventListener('abort', leave, { once: true })
  try {
    if (signal.aborted) return
    void follower.follow(start)
    // What had ended when the reader came is read by itself, before what happens now.
    const ended = await watch.written(start.executions.filter((execution) => execution.ended))
    yield* readLines(ended, query)
    yield* follower.lines
  } finally {
    follower.leave()
    signal.removeEventListener('abort', leave)
  }
}

type Look = Awaited<ReturnType<RunWatch['executions']>>

const key = (execution: LoggedExecution): string => `${execution.step}:${execution.attempt}`

/** Opens the log of each execution as soon as there is one: most calls of a large run write nothing. */
class Follower {
  readonly lines: Channel<LogLines> = createChannel<LogLines>((lines) => lines.length)
  readonly #watch: RunWatch
  readonly #query: LogQuery
  /** Executions that were there when the reader came: only these are cut to their tail */
  readonly #known: ReadonlySet<string>
  /** Read already, being read, or over without having written */
  readonly #seen = new Set<string>()
  readonly #ended = new Set<string>()
  readonly #silent = new Map<string, LoggedExecution>()
  readonly #open = new Set<Promise<void>>()
  readonly #stop = new AbortController()
  #changed = false
  #wake: (() => void) | null = null

  constructor(watch: RunWatch, query: LogQuery, there: readonly LoggedExecution[]) {
    this.#watch = watch
    this.#query = query
    this.#known = new Set(there.map(key))
    for (const execution of there) if (execution.ended) this.#seen.add(key(execution))
  }

  /** Until the run is over and all was read, or the reader has gone. Never rejects: the reader is told. */
  async follow(start: Look): Promise<void> {
    const off = this.#watch.onChange(() => {
      this.#changed = true
      this.#wake?.()
    })
    try {
      // Asked again at once: the run may have changed before it was listened to.
      this.#changed = true
      for (let now = start; now !== null; now = await this.#watch.executions()) {
        const looked = performance.now()
        await this.#look(now.executions)
        if (now.over) break
        await this.#pause(looked)
        if (this.#stop.signal.aborted) return
      }
      await Promise.all(this.#open)
      this.lines.end()
    } catch (error) {
      this.lines.fail(error)
    } finally {
      off()
    }
  }

  /** The reader has gone. */
  leave(): void {
    this.#stop.abort()
    this.#wake?.()
    this.lines.end()
    this.lines.leave()
  }

  async #look(executions: readonly LoggedExecution[]): Promise<void> {
    for (const execution of executions) {
      if (execution.ended) this.#ended.add(key(execution))
      if (!this.#seen.has(key(execution))) this.#silent.set(key(execution), execution)
    }
    if (this.#silent.size === 0) return
    const asked = [...this.#silent.values()]
    // Known before it is asked what was written: an end is announced when all of the log is there.
    const over = asked.map(key).filter((name) => this.#ended.has(name))
    for (const execution of await this.#watch.written(asked)) this.#read(execution)
    for (const name of over) this.#leaveOut(name)
  }

  #read(execution: LoggedExecution): void {
    const name = key(execution)
    this.#leaveOut(name)
    const { tail: _tail, ...whole } = this.#query
    const query = this.#known.has(name) ? this.#query : whole
    const follow = { ended: () => this.#ended.has(name), signal: this.#stop.signal }
    const task = pump(readExecution(execution, query, follow), this.lines)
    this.#open.add(task)
    void task.finally(() => this.#open.delete(task))
  }

  #leaveOut(name: string): void {
    this.#seen.add(name)
    this.#silent.delete(name)
  }

  /** Until the run has changed, and not sooner than a while after the last look. */
  async #pause(looked: number): Promise<void> {
    if (!this.#changed) await this.#sleep(this.#silent.size > 0 ? SILENT_EVERY_MS : null)
    const early = LOOK_EVERY_MS - (performance.now() - looked)
    if (early > 0 && !this.#stop.signal.aborted) await new Promise((resolve) => setTimeout(resolve, early))
    this.#changed = false
  }

  /** Until something happens, or for so many ms. */
  async #sleep(ms: number | null): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = ms === null ? null : setTimeout(resolve, ms)
      this.#wake = () => {
        if (timer !== null) clearTimeout(timer)
        resolve()
      }
      if (this.#stop.signal.aborted) this.#wake()
    })
    this.#wake = null
  }
}

/** Hands on what a log holds until it ends or the reader has gone. Never rejects: the reader is told. */
async function pump(found: AsyncIterable<LogLines>, channel: Channel<LogLines>): Promise<void> {
  try {
    for await (const lines of found) if (!(await channel.push(lines))) return
  } catch (error) {
    channel.fail(error)
  }
}
