const HIDE_CURSOR = '\u001b[?25l'
const SHOW_CURSOR = '\u001b[?25h'
const CLEAR_LINE_END = '\u001b[K'
const CLEAR_BELOW = '\u001b[J'
const up = (lines: number): string => (lines > 0 ? `\u001b[${lines}A` : '')

/** The part of a terminal that is written to. */
export interface Screen {
  write(text: string): unknown
  readonly columns?: number
  readonly rows?: number
}

/** Lines at the end of the terminal that are drawn again in place. */
export class LiveRegion {
  private readonly screen: Screen
  private drawn = 0

  constructor(screen: Screen) {
    this.screen = screen
  }

  /** Replaces what was drawn. Lines must not be wider than the screen, nor more than it has rows. */
  draw(lines: readonly string[]): void {
    const text = lines.map((line) => `${line}${CLEAR_LINE_END}\n`).join('')
    this.screen.write(`${this.drawn === 0 ? HIDE_CURSOR : ''}${up(this.drawn)}\r${text}${CLEAR_BELOW}`)
    this.drawn = lines.length
  }

  /** Takes away what was drawn, e.g. to ask a question. */
  clear(): void {
    this.screen.write(`${up(this.drawn)}\r${CLEAR_BELOW}${SHOW_CURSOR}`)
    this.drawn = 0
  }

  /** Leaves what was drawn on the screen. */
  keep(): void {
    this.screen.write(SHOW_CURSOR)
    this.drawn = 0
  }
}
