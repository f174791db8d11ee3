import type { LogLine } from '../../src-shared/contract/index.ts'
import type { Session } from './connect.ts'
import { Endurance } from './endurance.ts'
import type { ExitName } from './exit-codes.ts'
import { Interrupted } from './failure.ts'
import type { Colors, Output } from './output.ts'
import { formatTime } from './times.ts'

export interface LogsOptions {
  readonly step?: string
  readonly attempt?: number
  readonly stream?: LogLine['stream']
  readonly tail?: number
  readonly timestamps?: boolean
  readonly follow?: boolean
}

export async function logs(session: Session, options: LogsOptions, id: string): Promise<ExitName | undefined> {
  const stop = new AbortController()
  const onInterrupt = (): void => stop.abort(new Interrupted())
  process.once('SIGINT', onInterrupt)
  try {
    await followLogs(session, id, options, stop.signal)
    return undefined
  } finally {
    process.off('SIGINT', onInterrupt)
  }
}

/** Prints lines as they come; with `follow` it survives restarts of the engine, without a line lost or told twice. */
export async function followLogs(
  session: Session,
  id: string,
  options: LogsOptions,
  signal: AbortSignal,
): Promise<void> {
  const { output, project } = session
  const endurance = new Endurance(session, `weir run logs ${id} --follow`)
  const memory = new LineMemory()
  const printer = new LinePrinter(output, {
    timestamps: options.timestamps === true,
    step: options.step ?? null,
  })
  for (let first = true; ; first = false) {
    const { step, attempt, stream, tail, follow } = options
    const query = { step, attempt, stream, tail: first ? tail : undefined, follow: follow === true ? 'true' : 'false' }
    memory.rewind()
    try {
      const lines = session.client.lines(
        session.routes.runs.logs,
        { params: { project, run: id }, query: present(query) },
        { signal },
      )
      for await (const line of lines) {
        endurance.alive()
        if (first || memory.isNew(line)) {
          memory.keep(line)
          await printer.print(line)
        }
      }
      printer.end()
      return
    } catch (error) {
      if (follow !== true) throw error
      await endurance.recover(error, signal)
    }
  }
}

interface PrinterLook {
  readonly timestamps: boolean
  /** The step whose lines were asked for; null: all */
  readonly step: string | null
}

const CONTINUED: LogLook = { timestamps: false, prefixed: false }

/** Prints lines; the pieces of a very long one become one line again when nothing came between. */
class LinePrinter {
  private readonly output: Output
  private readonly look: PrinterLook
  /** Execution and stream whose line has no end yet */
  private open: string | null = null

  constructor(output: Output, look: PrinterLook) {
    this.output = output
    this.look = look
  }

  async print(line: LogLine): Promise<void> {
    const { output } = this
    if (output.format !== 'table') return await output.item(line, () => '')
    const from = `${line.step}:${line.attempt}:${line.stream}`
    const goesOn = this.open === from
    if (!goesOn) this.end()
    this.open = line.partial === true ? from : null
    const { timestamps, step } = this.look
    // A step that was asked for need not be named, but each of its calls or items.
    const look = goesOn ? CONTINUED : { timestamps, prefixed: line.step !== step }
    const text = logText(line, look, output.colors)
    await output.raw(line.partial === true ? text : `${text}\n`)
  }

  end(): void {
    if (this.open !== null) process.stdout.write('\n')
    this.open = null
  }
}

/** Leaves out what was not given. */
type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> }
const present = <T extends object>(value: T): Present<T> =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Present<T>

export interface LogLook {
  readonly timestamps: boolean
  /** Whether lines say which step they are of */
  readonly prefixed: boolean
}

/** `2026-11-21 10:00:03  fit#2 | loss 0.31`: the attempt is told from the second on. Control characters stay as they are. */
export function logText(line: LogLine, look: LogLook, colors: Colors): string {
  const time = look.timestamps ? `${colors.dim(formatTime(line.at))}  ` : ''
  const attempt = line.attempt > 1 ? `#${line.attempt}` : ''
  const prefix = look.prefixed ? `${colors.cyan(`${line.step}${attempt}`)} ${colors.dim('|')} ` : ''
  return `${time}${prefix}${coloured(line, colors)}`
}

function coloured(line: LogLine, colors: Colors): string {
  const { stream, text, level } = line
  if (stream === 'system' || level === 'debug') return colors.dim(levelText(line))
  if (level === 'error') return colors.red(levelText(line))
  if (stream === 'stderr' || level === 'warning') return colors.yellow(levelText(line))
  return level === undefined ? text : levelText(line)
}

/** `warning: loss grows {"epoch":3}`: what code logged, with its level and fields. */
function levelText({ text, level, fields }: LogLine): string {
  const told = level === undefined || level === 'info' ? text : `${level}: ${text}`
  return fields === undefined ? told : `${told} ${JSON.stringify(fields)}`
}

/**
 * Which lines were told, by time and count for each execution: a stream that was cut is read again from the start of
 * what is kept, and what was told is left out.
 */
export class LineMemory {
  private readonly told = new Map<string, { at: string; count: number }>()
  private again = new Map<string, number>()

  /** A stream begins anew. */
  rewind(): void {
    this.again = new Map()
  }

  isNew(line: LogLine): boolean {
    const name = `${line.step}:${line.attempt}`
    const last = this.told.get(name)
    if (last === undefined || line.at > last.at) return true
    if (line.at < last.at) return false
    const seen = (this.again.get(name) ?? 0) + 1
    this.again.set(name, seen)
    return seen > last.count
  }

  keep(line: LogLine): void {
    const name = `${line.step}:${line.attempt}`
    const last = this.told.get(name)
    this.told.set(name, { at: line.at, count: last?.at === line.at ? last.count + 1 : 1 })
  }
}
