import { type CSSProperties, memo, type ReactNode } from 'react'
import { render, type Span, type Style, signOf } from './ansi.ts'
import classes from './Log.module.css'
import type { Row } from './protocol.ts'
import type { Range } from './query.ts'
import type { Source } from './store.ts'

interface LogRowProps {
  readonly index: number
  readonly row: Row | null
  readonly source: Source | null
  /** Number of digits of the line numbers */
  readonly digits: number
  readonly withTime: boolean
  readonly isSelected: boolean
  readonly isCurrent: boolean
  readonly onWhole: (index: number) => void
}

/** One line. Memoised by its row, which is never changed. */
export const LogRow = memo(function LogRow(props: LogRowProps) {
  const { index, row, source, digits, withTime, isSelected, isCurrent, onWhole } = props
  const stream = row?.stream ?? 'stdout'
  return (
    <div
      className={classes.row}
      data-row={index}
      data-stream={stream}
      data-selected={isSelected || undefined}
      data-current={isCurrent || undefined}
    >
      <span className={classes.gutter}>
        <span className={classes.number} style={{ width: `${digits}ch` }} data-gutter>
          {row?.line ?? ''}
        </span>
        {withTime && <span className={classes.time}>{row === null ? '' : clockTime(row.at)}</span>}
        <span className={classes.stream} title={streamWords[stream]}>
          {streamMarks[stream]}
        </span>
        {source !== null && (
          <span className={classes.source} data-color={colorOf(source.step)} title={sourceWords(source)}>
            {source.step}
            {source.attempt > 1 && <span className={classes.attempt}>#{source.attempt}</span>}
          </span>
        )}
      </span>
      {row !== null && <LogText index={index} row={row} onWhole={onWhole} />}
    </div>
  )
})

function LogText({
  index,
  row,
  onWhole,
}: {
  readonly index: number
  readonly row: Row
  readonly onWhole: (index: number) => void
}) {
  const { spans } = render(row.text)
  return (
    <span className={classes.text}>
      {row.overwritten > 0 && (
        <span
          className={classes.note}
          title="The step wrote over this line again and again. Saved files hold all of it."
        >
          ↻{row.overwritten}
        </span>
      )}
      {marked(spans, row.marks)}
      {row.hidden > 0 && (
        <button type="button" className={classes.more} onClick={() => onWhole(index)}>
          Show {row.hidden.toLocaleString()} more characters
        </button>
      )}
    </span>
  )
}

/** Spans as elements, with the places of the search marked. */
function marked(spans: readonly Span[], marks: readonly Range[]): ReactNode[] {
  const parts: ReactNode[] = []
  let at = 0
  let mark = 0
  for (const span of spans) {
    const end = at + span.text.length
    let from = at
    while (from < end) {
      let range = marks[mark]
      while (range !== undefined && range[1] <= from) {
        mark += 1
        range = marks[mark]
      }
      const isMarked = range !== undefined && range[0] <= from
      const to = range === undefined ? end : Math.min(end, isMarked ? range[1] : range[0])
      parts.push(piece(span, span.text.slice(from - at, to - at), isMarked, from))
      from = to
    }
    at = end
  }
  return parts
}

function piece(span: Span, text: string, isMarked: boolean, key: number): ReactNode {
  if (span.isControl) {
    return (
      <span key={key} className={isMarked ? `${classes.control} ${classes.mark}` : classes.control}>
        {[...text].map(signOf).join('')}
      </span>
    )
  }
  if (span.style === null && !isMarked) return text
  return (
    <span
      key={key}
      className={isMarked ? classes.mark : undefined}
      style={span.style === null ? undefined : cssOf(span.style)}
    >
      {text}
    </span>
  )
}

const colorValue = (color: number | string): string => (typeof color === 'number' ? `var(--log-${color})` : color)

function cssOf(style: Style): CSSProperties {
  const text = style.color === undefined ? undefined : colorValue(style.color)
  const ground = style.background === undefined ? undefined : colorValue(style.background)
  const color = style.inverse === true ? (ground ?? 'var(--weir-panel)') : text
  const background = style.inverse === true ? (text ?? 'var(--weir-text)') : ground
  const lines = [style.underline === true && 'underline', style.strike === true && 'line-through'].filter(Boolean)
  return {
    ...(color === undefined ? {} : { color }),
    ...(background === undefined ? {} : { background }),
    ...(style.bold === true ? { fontWeight: 700 } : {}),
    ...(style.faint === true ? { opacity: 0.75 } : {}),
    ...(style.italic === true ? { fontStyle: 'italic' } : {}),
    ...(lines.length === 0 ? {} : { textDecoration: lines.join(' ') }),
  }
}

const streamMarks = { stdout: '', stderr: '▍err', system: '◇weir', log: '' } as const
const streamWords = {
  stdout: 'Standard output',
  stderr: 'Standard error',
  system: 'What Weir itself did',
  log: 'Logged by the code',
} as const

const COLORS = 8
/** The same step has the same colour everywhere; its name stands beside it. */
export function colorOf(step: string): number {
  let hash = 0
  for (const char of step.replace(/\[\d+\]$/, '')) hash = (hash * 31 + char.charCodeAt(0)) >>> 0
  return hash % COLORS
}

const sourceWords = ({ step, attempt }: Source): string => (attempt > 1 ? `${step}, attempt ${attempt}` : step)

const pad = (value: number, digits = 2): string => String(value).padStart(digits, '0')

/** `14:03:22.418` of the person's own day */
export function clockTime(at: number): string {
  const time = new Date(at)
  return `${pad(time.getHours())}:${pad(time.getMinutes())}:${pad(time.getSeconds())}.${pad(time.getMilliseconds(), 3)}`
}
