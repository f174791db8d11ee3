import type { z } from 'zod'
import type { Json, Usage } from '../../../../src-shared/contract/index.ts'
import { CLOSE, WorkerMessage } from '../../../../src-shared/contract/worker-protocol.ts'
import { MalformedMessage, ProtocolError } from './protocol-error.ts'

/**
 * What workers say, read. Messages that come by the thousand (results, starts, output) are checked by hand: the schema takes
 * 3.5 µs for a result, this a tenth of it. All others go through the schema.
 */

/** Longest part of a malformed message that the reason of a close repeats; a reason has 123 bytes in all. */
const QUOTED = 40
const TOKEN_LENGTH = 100
const NAME_LENGTH = 200
const MOST_LINES = 50_000
const LINE_STREAMS: ReadonlySet<unknown> = new Set(['stdout', 'stderr', 'debug', 'info', 'warning', 'error'])

type Of<T extends WorkerMessage['type']> = Extract<WorkerMessage, { type: T }>
export type LogLines = Of<'log'>['lines']
export type MetricValues = Of<'metric'>['values']
type Given = Readonly<Record<string, unknown>>

/** The messages of a frame, not yet looked at. @throws ProtocolError 4400 */
export function messagesOf(frame: string): unknown[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(frame)
  } catch {
    throw new ProtocolError(CLOSE.malformed, `a frame is no JSON: ${frame.slice(0, QUOTED)}`)
  }
  if (!Array.isArray(parsed)) throw new ProtocolError(CLOSE.malformed, 'a frame is no JSON array of messages')
  return parsed
}

/** @throws MalformedMessage, a ProtocolError 4400, with the place that is wrong */
export function readMessage(given: unknown): WorkerMessage {
  if (typeof given !== 'object' || given === null) {
    throw new ProtocolError(CLOSE.malformed, `a message is no object: ${String(given).slice(0, QUOTED)}`)
  }
  const message = given as Given
  const quick = readQuickly(message)
  if (quick !== null) return quick
  const parsed = parse(message)
  if (parsed.success) return parsed.data
  throw new MalformedMessage(message, wordsOf(parsed.error.issues))
}

function parse(message: Given): ReturnType<typeof WorkerMessage.safeParse> {
  try {
    return WorkerMessage.safeParse(message)
  } catch (error) {
    // Values that are nested deeper than the stack of the schema reaches.
    if (error instanceof RangeError) throw new MalformedMessage(message, ': it is nested too deeply')
    throw error
  }
}

type Issue = z.core.$ZodIssue

/** Where and what is wrong first. */
function wordsOf(issues: readonly Issue[], above: readonly PropertyKey[] = []): string {
  const [issue] = issues
  if (issue === undefined) return ''
  const path = [...above, ...issue.path]
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // The shape that was meant is the one with which the least is wrong.
    const meant = issue.errors.reduce((best, other) => (other.length < best.length ? other : best))
    return wordsOf(meant, path)
  }
  return `${path.length === 0 ? '' : ` at ${path.map(String).join('.')}`}: ${issue.message}`
}

/** Null when it is not one of the frequent ones, or not as it should be: then the schema says what is wrong. */
function readQuickly(message: Given): WorkerMessage | null {
  switch (message['type']) {
    case 'result':
      return isResult(message) ? message : null
    case 'started':
      return isStarted(message) ? message : null
    case 'log':
      return isToken(message['token']) && areLines(message['lines']) && hasPlace(message)
        ? (message as Of<'log'>)
        : null
    case 'metric':
      return isToken(message['token']) && areMetrics(message['values']) && hasPlace(message)
        ? (message as Of<'metric'>)
        : null
    case 'heartbeat':
      return Array.isArray(message['executions']) && message['executions'].every(isToken) && has(message, 2)
        ? (message as Of<'heartbeat'>)
        : null
    default:
      return null
  }
}

const isToken = (value: unknown): value is string => typeof value === 'string' && value.length <= TOKEN_LENGTH
const isNumber = (value: unknown): value is number => typeof value === 'number'
const isCount = (value: unknown): value is number | null => value === null || isNumber(value)

/** Whether it has so many fields: none that the protocol does not know. */
function has(message: Given, fields: number): boolean {
  let count = 0
  for (const _ in message) count++
  return count === fields
}

/** Whether it has three fields, or `from` besides. */
function hasPlace(message: Given): boolean {
  const from = message['from']
  return from === undefined ? has(message, 3) : Number.isSafeInteger(from) && Number(from) >= 0 && has(message, 4)
}

function isResult(message: Given): message is Of<'result'> {
  const usage = message['usage']
  if (!isToken(message['token']) || message['value'] === undefined) return false
  return usage === undefined ? has(message, 3) : isUsage(usage) && has(message, 4)
}

const isUsage = (value: unknown): value is Usage =>
  typeof value === 'object' &&
  value !== null &&
  isCount((value as Given)['cpuMs']) &&
  isCount((value as Given)['peakMemoryBytes']) &&
  has(value as Given, 2)

function isStarted(message: Given): message is Of<'started'> {
  const pid = message['pid']
  if (!isToken(message['token'])) return false
  return pid === undefined ? has(message, 2) : Number.isSafeInteger(pid) && has(message, 3)
}

const areLines = (value: unknown): value is LogLines =>
  Array.isArray(value) && value.length <= MOST_LINES && value.every(isLine)

const isLine = (line: unknown): boolean =>
  Array.isArray(line) &&
  line.length === 4 &&
  isNumber(line[0]) &&
  LINE_STREAMS.has(line[1]) &&
  typeof line[2] === 'string' &&
  (line[3] === null || isRecord(line[3]))

const isRecord = (value: unknown): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const areMetrics = (value: unknown): value is MetricValues =>
  Array.isArray(value) && value.length <= MOST_LINES && value.every(isMetric)

const isMetric = (metric: unknown): boolean =>
  Array.isArray(metric) &&
  metric.length === 4 &&
  isNumber(metric[0]) &&
  typeof metric[1] === 'string' &&
  metric[1].length <= NAME_LENGTH &&
  isNumber(metric[2]) &&
  isCount(metric[3])
