import stringWidth from 'string-width'
import type { Run, RunStep } from '../../src-shared/contract/index.ts'
import { progressWords } from '../../src-shared/runs/index.ts'
import { type AnyStatus, colorOf, glyphOf } from './glyphs.ts'
import type { Colors } from './output.ts'
import { groupSteps, runTime, type StepGroup, stepNote, stepTime } from './run-words.ts'
import { formatDuration } from './times.ts'

/** How a live view is drawn at one moment. */
export interface View {
  /** ms since 1970 */
  readonly now: number
  readonly columns: number
  /** Lines that there is room for */
  readonly rows: number
  readonly colors: Colors
  readonly unicode: boolean
  /** Position of the animation */
  readonly frame: number
}

/** Items of a fan-out that are shown by themselves; the rest is in the counts of its step. */
const SHOWN_ITEMS: readonly (readonly [AnyStatus, number])[] = [
  ['failed', 3],
  ['running', 4],
  ['waiting', 2],
]
/** Longest name that moves the columns to its right. */
const MAX_NAME_WIDTH = 32
const TIME_WIDTH = 7
const INDENT = '  '

/** One line of the tree before it is padded and coloured. */
interface Row {
  readonly depth: number
  readonly status: AnyStatus
  readonly name: string
  readonly time: number | null
  readonly note: string
}

/** A run as lines for a terminal: one for the run, one for each step, fan-outs folded. None is wider than the view. */
export function progressLines(run: Run, view: View): string[] {
  const head = headLine(run, view)
  const rows = foldRows(
    groupSteps(run.steps).map((group) => groupRows(group, view.now)),
    Math.max(1, view.rows - 1),
  )
  const nameWidth = Math.min(
    MAX_NAME_WIDTH,
    Math.max(0, ...rows.map((row) => (row.depth - 1) * INDENT.length + stringWidth(row.name))),
  )
  return [head, ...rows.map((row) => rowLine(row, nameWidth, view))]
}

function headLine(run: Run, view: View): string {
  const { colors } = view
  const glyph = colorOf(run.status, colors)(glyphOf(run.status, view.unicode, view.frame))
  const left = `${run.workflow} v${run.version}  run ${run.id}`
  const right = `${run.status}  ${formatDuration(runTime(run, view.now))}  ${progressWords(run.counts, run.status)}`
  const text = cut(`${left}  ${right}`, view.columns - 2)
  return `${glyph} ${text.startsWith(left) ? colors.bold(left) + text.slice(left.length) : text}`
}

function groupRows({ step, items }: StepGroup, now: number): Row[] {
  const first = {
    depth: 1,
    status: step.status,
    name: step.name,
    time: stepTime(step, now),
    note: stepNote(step, items),
  }
  return [first, ...shownItems(items, now)]
}

function shownItems(items: readonly RunStep[], now: number): Row[] {
  return SHOWN_ITEMS.flatMap(([status, most]) => {
    const those = items.filter((item) => item.status === status)
    const rows: Row[] = those.slice(0, most).map((item) => ({
      depth: 2,
      status,
      name: item.key,
      time: stepTime(item, now),
      note: stepNote(item),
    }))
    const rest = those.length - rows.length
    return rest > 0 ? [...rows, { depth: 2, status, name: '', time: null, note: `and ${rest} more` }] : rows
  })
}

/**
 * Makes the steps fit: first items are left out, then neighbours that have ended well and neighbours that are not yet
 * ready become one line each, and at last the end is cut with a count.
 */
function foldRows(groups: readonly (readonly Row[])[], most: number): Row[] {
  const all = groups.flat()
  if (all.length <= most) return all
  const steps = groups.flatMap((group) => group.slice(0, 1))
  if (steps.length <= most) return steps
  const folded = foldNeighbours(steps)
  if (folded.length <= most) return folded
  const kept = folded.slice(0, Math.max(0, most - 1))
  return [
    ...kept,
    { depth: 1, status: 'blocked', name: `${folded.length - kept.length} more lines`, time: null, note: '' },
  ]
}

const foldable: Readonly<Partial<Record<AnyStatus, string>>> = {
  succeeded: 'done',
  cached: 'done',
  skipped: 'done',
  blocked: 'not ready yet',
  queued: 'not ready yet',
}

function foldNeighbours(rows: readonly Row[]): Row[] {
  const result: Row[] = []
  let start = 0
  while (start < rows.length) {
    const first = rows[start]
    if (first === undefined) break
    const word = foldable[first.status]
    let end = start + 1
    while (word !== undefined && end < rows.length && foldable[rows[end]?.status ?? 'failed'] === word) end += 1
    result.push(end - start < 2 ? first : { ...first, name: `${end - start} steps`, time: null, note: word ?? '' })
    start = end
  }
  return result
}

function rowLine(row: Row, nameWidth: number, view: View): string {
  const { colors } = view
  const paint = colorOf(row.status, colors)
  const glyph = glyphOf(row.status, view.unicode, view.frame)
  const indent = INDENT.repeat(row.depth - 1)
  const name = padded(cut(row.name, MAX_NAME_WIDTH), nameWidth - INDENT.length * (row.depth - 1) + INDENT.length)
  const time = (row.time === null ? '' : formatDuration(row.time)).padStart(TIME_WIDTH)
  const body = cut(`${indent}${INDENT}${glyph} ${name}${time}${INDENT}${row.note}`, view.columns)
  // Coloured after cutting, so that no escape sequence is cut: the glyph, and what is said about the step.
  const glyphAt = indent.length + INDENT.length
  const glyphEnd = glyphAt + glyph.length
  const noteAt = Math.min(body.length, glyphEnd + 1 + name.length + TIME_WIDTH + INDENT.length)
  const note = body.slice(noteAt)
  const head = `${body.slice(0, glyphAt)}${paint(glyph)}${body.slice(glyphEnd, noteAt)}`
  return note === '' ? head.trimEnd() : `${head}${row.status === 'failed' ? colors.red(note) : colors.dim(note)}`
}

const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - stringWidth(text)))

/** Cuts a text to so many columns, with an ellipsis; line breaks become spaces. */
export function cut(text: string, columns: number): string {
  const line = text.replace(/\s*[\r\n]+\s*/g, ' ').replace(/\t/g, ' ')
  if (stringWidth(line) <= columns) return line
  let width = 0
  let kept = ''
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(line)) {
    const next = stringWidth(segment)
    if (width + next > columns - 1) break
    kept += segment
    width += next
  }
  return `${kept}…`
}
