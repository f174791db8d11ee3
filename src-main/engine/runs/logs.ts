import type { LogLine, LogStream } from '../../../src-shared/contract/index.ts'
import { type LogText, readLogBatches } from '../executors/index.ts'
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

/** Lines of one execution; those that come as well, until it has ended, when it is followed. */
export async function* readExecution(
  execution: LoggedExecution,
  query: LogQuery,
  follow: { ended(): boolean; signal: AbortSignal },
): AsyncGenerator<LogLines, void, undefined> {
  for await (const found of linesOf(execution, query, follow)) yield toLines(found)
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
