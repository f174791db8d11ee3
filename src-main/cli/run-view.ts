import type { Run } from '../../src-shared/contract/index.ts'
import { changeLines } from './changes.ts'
import { LiveRegion } from './live.ts'
import type { Colors, Output } from './output.ts'
import { progressLines } from './progress.ts'

/** How often the live view is drawn: durations tick, the running glyph turns. */
const REDRAW_MS = 100
/** The running glyph turns once in so many redraws. */
const REDRAWS_PER_FRAME = 3
const DEFAULT_COLUMNS = 80
const DEFAULT_ROWS = 24

/** Shows a run while it is waited for. */
export interface RunView {
  show(run: Run): void
  /** Gives the terminal free for a question, and takes it back. */
  suspend(): void
  resume(): void
  /** Leaves the last state on the screen. */
  end(): void
}

export const silentView: RunView = {
  show: () => undefined,
  suspend: () => undefined,
  resume: () => undefined,
  end: () => undefined,
}

/** A tree that is redrawn in a terminal, a line for each change elsewhere. */
export function createRunView(output: Output, stream: 'out' | 'err'): RunView {
  if (output.quiet) return silentView
  const target = stream === 'out' ? process.stdout : process.stderr
  const colors = stream === 'out' ? output.colors : output.errColors
  const lives = output.terminal[stream] && process.env['TERM'] !== 'dumb'
  return lives
    ? new LiveView(output, target, colors)
    : new LineView((line) => target.write(`${line}\n`), colors, output.unicode)
}

/** One line a change. */
export class LineView implements RunView {
  private readonly write: (line: string) => void
  private readonly colors: Colors
  private readonly unicode: boolean
  private last: Run | null = null

  constructor(write: (line: string) => void, colors: Colors, unicode: boolean) {
    this.write = write
    this.colors = colors
    this.unicode = unicode
  }

  show(run: Run): void {
    for (const line of changeLines(this.last, run, { colors: this.colors, unicode: this.unicode, now: Date.now() }))
      this.write(line)
    this.last = run
  }

  suspend(): void {
    // Lines that come while a question stands below them do no harm.
  }

  resume(): void {
    // see suspend
  }

  end(): void {
    // Every change was written when it came.
  }
}

class LiveView implements RunView {
  private readonly region: LiveRegion
  private readonly screen: NodeJS.WriteStream
  private readonly colors: Colors
  private readonly unicode: boolean
  private run: Run | null = null
  private redraws = 0
  private timer: NodeJS.Timeout | null = null
  /** How many hold the terminal now: questions, notes */
  private suspended = 0
  private ended = false
  private readonly output: Output

  constructor(output: Output, screen: NodeJS.WriteStream, colors: Colors) {
    this.output = output
    this.screen = screen
    this.region = new LiveRegion(screen)
    this.colors = colors
    this.unicode = output.unicode
    output.live = this
    this.start()
  }

  show(run: Run): void {
    this.run = run
  }

  suspend(): void {
    this.suspended += 1
    if (this.suspended === 1) this.stop()
  }

  resume(): void {
    this.suspended -= 1
    if (this.suspended === 0) this.start()
  }

  end(): void {
    if (this.ended) return
    this.ended = true
    this.stop()
    this.output.live = null
    this.draw()
    this.region.keep()
  }

  private start(): void {
    if (!this.ended) this.timer ??= setInterval(() => this.draw(), REDRAW_MS)
  }

  private stop(): void {
    if (this.timer !== null) clearInterval(this.timer)
    this.timer = null
    this.region.clear()
  }

  private draw(): void {
    if (this.run === null) return
    this.redraws += 1
    const rows = (this.screen.rows ?? DEFAULT_ROWS) - 1
    const columns = (this.screen.columns ?? DEFAULT_COLUMNS) - 1
    const frame = Math.floor(this.redraws / REDRAWS_PER_FRAME)
    this.region.draw(
      progressLines(this.run, { now: Date.now(), columns, rows, colors: this.colors, unicode: this.unicode, frame }),
    )
  }
}
