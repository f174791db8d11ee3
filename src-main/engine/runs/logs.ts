import type { LogLine, LogStream } from '../../../src-shared/contract/index.ts'
import { readLog } from '../executors/index.ts'
import { createChannel } from './channel.ts'
import type { LoggedExecution } from './executions.ts'
import { mergeByTime } from './merge.ts'

export interface LogQuery {
  readonly stream?: LogStream
  readonly tail?: number
  readonly mask: readonly string[]
}

/** How many of the newest executions a `tail` over a whole run looks into. */
const TAIL_EXECUTIONS = 50

async function* linesOf(
  execution: LoggedExecution,
  query: LogQuery,
  follow?: { ended(): boolean; signal: AbortSignal },
): AsyncGenerator<{ at: number; line: LogLine }> {
  const { stream, tail, mask } = query
  const options = {
    mask,
    ...(stream === undefined ? {} : { stream }),
    ...(tail === undefined ? {} : { tail }),
    ...(follow === undefined ? {} : { follow }),
  }
  for await (const { at, ...text } of readLog(execution.folder, options)) {
    const line: LogLine = { at: new Date(at).toISOString(), step: execution.step, attempt: execution.attempt, ...text }
    yield { at, line }
  }
}

/** Lines of executions that are there, merged by time. */
export async function* readLines(executions: readonly LoggedExecution[], query: LogQuery): AsyncGenerator<LogLine> {
  const looked = query.tail === undefined ? executions : executions.slice(-TAIL_EXECUTIONS)
  const sources = looked.map((execution) => ({
    startsAt: execution.startedAt,
    open: () => linesOf(execution, query),
  }))
  const merged = mergeByTime(sources)
  if (query.tail === undefined) {
    for await (const { line } of merged) yield line
    return
  }
  let last: LogLine[] = []
  for await (const { line } of merged) {
    last.push(line)
    if (last.length > query.tail * 2) last = last.slice(-query.tail)
  }
  yield* query.tail === 0 ? [] : last.slice(-query.tail)
}

export interface RunWatch {
  /** Executions as they are now; null when the run was deleted */
  executions(): Promise<{ executions: readonly LoggedExecution[]; over: boolean } | null>
  /** Called when the run has changed; returns the function that ends it. */
  onChange(listener: () => void): () => void
}

/** What is there and what comes, of executions that run and of those that start later, until the run has ended. */

export async function* followLines(watch: RunWatch, query: LogQuery, signal: AbortSignal): AsyncGenerator<LogLine> {
  const channel = createChannel<LogLine>()
  const seen = new Set<string>()
  const ended = new Set<string>()
  const open = new Set<Promise<void>>()
  const stop = new AbortController()
  const key = (execution: LoggedExecution): string => `${execution.step}:${execution.attempt}`

  const pump = async (execution: LoggedExecution, whole: boolean): Promise<void> => {
    const follow = { ended: () => ended.has(key(execution)), signal: stop.signal }
    // Only what was there when the reader came is cut to its tail; what comes later is shown whole.
    const { tail: _tail, ...rest } = query
    for await (const { line } of linesOf(execution, whole ? rest : query, follow)) {
      if (!(await channel.push(line))) return
    }
  }

  let first = true
  const look = async (): Promise<void> => {
    const now = await watch.executions()
    if (now === null) return channel.end()
    for (const execution of now.executions) {
      if (execution.ended) ended.add(key(execution))
      if (seen.has(key(execution))) continue
      seen.add(key(execution))
      if (first && execution.ended) continue
      const task = pump(execution, !first).catch((error: unknown) => channel.fail(error))
      open.add(task)
      void task.finally(() => open.delete(task))
    }
    first = false
    if (!now.over) return
    await Promise.all(open)
    channel.end()
  }

  const finish = (): void => channel.end()
  signal.addEventListener('abort', finish, { once: true })
  let looking = Promise.resolve()
  const again = (): void => {
    looking = looking.then(look).catch((error: unknown) => channel.fail(error))
  }
  const off = watch.onChange(again)
  try {
    const start = await watch.executions()
    if (start === null) return
    yield* readLines(
      start.executions.filter((execution) => execution.ended),
      query,
    )
    for (const execution of start.executions) if (execution.ended) seen.add(key(execution))
    again()
    yield* channel
  } finally {
    off()
    stop.abort()
    signal.removeEventListener('abort', finish)
  }
}
