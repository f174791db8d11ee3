import type { LogLine, LogStream } from '../../../src-shared/contract/index.ts'
import { type LogText, readLogBatches } from '../executors/index.ts'
import { type Channel, createChannel } from './channel.ts'
import type { LoggedExecution } from './executions.ts'
import { mergeByTime } from './merge.ts'

export interface LogQuery {
  readonly stream?: LogStream
  readonly tail?: number
  readonly mask: readonly string[]
}

/** How many of the newest executions a `tail` over a whole run looks into. */
const TAIL_EXECUTIONS = 50

/** Lines as they are handed on: several at once, because one by one costs a turn of the event loop each. */
export type LogLines = readonly LogLine[]

/** A line with its time as a number, and where it is from. */
interface Found {
  readonly at: number
  readonly text: LogText
  readonly execution: LoggedExecution
}

async function* linesOf(
  execution: LoggedExecution,
  query: LogQuery,
  follow?: { ended(): boolean; signal: AbortSignal },
): AsyncGenerator<readonly Found[], void, undefined> {
  const { stream, tail, mask } = query
  const options = {
    mask,
    ...(stream === undefined ? {} : { stream }),
    ...(tail === undefined ? {} : { tail }),
    ...(follow === undefined ? {} : { follow }),
  }
  for await (const batch of readLogBatches(execution.folder, options)) {
    yield batch.map((text) => ({ at: text.at, text, execution }))
  }
}

/** Makes lines of the API; many have the same time, which is written out once for those that follow each other. */
function toLines(found: readonly Found[]): LogLines {
  let last = Number.NaN
  let at = ''
  return found.map(({ text, execution: { step, attempt } }) => {
    if (text.at !== last) {
      last = text.at
      at = new Date(last).toISOString()
    }
    const line: LogLine = { at, step, attempt, stream: text.stream, text: text.text }
    if (text.partial !== undefined) line.partial = text.partial
    if (text.level !== undefined) line.level = text.level
    if (text.fields !== undefined) line.fields = { ...text.fields }
    return line
  })
}

/** Lines of executions that are there, merged by time. */
export async function* readLines(
  executions: readonly LoggedExecution[],
  query: LogQuery,
): AsyncGenerator<LogLines, void, undefined> {
  const looked = query.tail === undefined ? executions : executions.slice(-TAIL_EXECUTIONS)
  const sources = looked.map((execution) => ({
    startsAt: execution.startedAt,
    open: () => linesOf(execution, query),
  }))
  const merged = mergeByTime(sources)
  if (query.tail === undefined) {
    for await (const found of merged) yield toLines(found)
    return
  }
  let last: Found[] = []
  for await (const found of merged) {
    for (const line of found) last.push(line)
    if (last.length > query.tail * 2) last = query.tail === 0 ? [] : last.slice(-query.tail)
  }
  if (last.length > 0 && query.tail > 0) yield toLines(last.slice(-query.tail))
}

export interface RunWatch {
  /** Executions as they are now; null when the run was deleted */
  executions(): Promise<{ executions: readonly LoggedExecution[]; over: boolean } | null>
  /** Called when the run has changed; returns the function that ends it. */
  onChange(listener: () => void): () => void
}

/** What is there and what comes, of executions that run and of those that start later, until the run has ended. */
export async function* followLines(
  watch: RunWatch,
  query: LogQuery,
  signal: AbortSignal,
): AsyncGenerator<LogLines, void, undefined> {
  const channel = createChannel<LogLines>((lines) => lines.length)
  const seen = new Set<string>()
  const ended = new Set<string>()
  const open = new Set<Promise<void>>()
  const stop = new AbortController()
  const { tail: _tail, ...whole } = query
  const key = (execution: LoggedExecution): string => `${execution.step}:${execution.attempt}`
  /** Executions that were there when the reader came */
  const known = new Set<string>()
  const begin = watch.executions().then((start) => {
    for (const execution of start?.executions ?? []) {
      known.add(key(execution))
      // These are read by themselves, before what happens now; whatever ends from here on is followed to its end.
      if (execution.ended) seen.add(key(execution))
    }
    return start
  })
  const look = async (): Promise<void> => {
    const now = await watch.executions()
    if (now === null) return channel.end()
    for (const execution of now.executions) {
      if (execution.ended) ended.add(key(execution))
      if (seen.has(key(execution))) continue
      seen.add(key(execution))
      // Only what was there when the reader came is cut to its tail; what comes later is shown whole.
      const cut = known.has(key(execution)) ? query : whole
      const follow = { ended: () => ended.has(key(execution)), signal: stop.signal }
      const task = pump(linesOf(execution, cut, follow), channel)
      open.add(task)
      void task.finally(() => open.delete(task))
    }
    if (!now.over) return
    await Promise.all(open)
    channel.end()
  }

  const finish = (): void => channel.end()
  signal.addEventListener('abort', finish, { once: true })
  let looking: Promise<unknown> = begin
  const again = (): void => {
    looking = looking.then(look).catch((error: unknown) => channel.fail(error))
  }
  const off = watch.onChange(again)
  try {
    const start = await begin
    if (start === null) return
    again()
    yield* readLines(
      start.executions.filter((execution) => execution.ended),
      query,
    )
    yield* channel
  } finally {
    off()
    channel.leave()
    stop.abort()
    signal.removeEventListener('abort', finish)
  }
}

/** Hands on what a log holds until it ends or the reader has gone. Never rejects: the reader is told. */
async function pump(found: AsyncIterable<readonly Found[]>, channel: Channel<LogLines>): Promise<void> {
  try {
    for await (const batch of found) if (!(await channel.push(toLines(batch)))) return
  } catch (error) {
    channel.fail(error)
  }
}
