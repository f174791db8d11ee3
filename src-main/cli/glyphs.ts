import type { Formatter } from 'picocolors/types'
import type { ExecutionStatus, RunStatus, StepStatus } from '../../src-shared/contract/index.ts'
import type { Colors } from './output.ts'

export type AnyStatus = RunStatus | StepStatus | ExecutionStatus

interface Look {
  readonly glyph: string
  /** For terminals without Unicode */
  readonly ascii: string
  readonly color: 'dim' | 'blue' | 'magenta' | 'green' | 'cyan' | 'red' | 'yellow'
}

const queued: Look = { glyph: '○', ascii: 'o', color: 'dim' }
const running: Look = { glyph: '◐', ascii: '>', color: 'blue' }
const failed: Look = { glyph: '▲', ascii: '!', color: 'red' }

/** Shape and colour of every status: shapes differ, so that nothing depends on colour alone. */
export const looks: Readonly<Record<AnyStatus, Look>> = {
  blocked: { glyph: '·', ascii: '.', color: 'dim' },
  queued,
  dispatched: queued,
  running,
  cancelling: { glyph: '✕', ascii: 'x', color: 'yellow' },
  waiting: { glyph: '⏸', ascii: '=', color: 'magenta' },
  suspended: { glyph: '⏸', ascii: '=', color: 'magenta' },
  succeeded: { glyph: '●', ascii: '*', color: 'green' },
  cached: { glyph: '◆', ascii: '#', color: 'cyan' },
  skipped: { glyph: '–', ascii: '-', color: 'dim' },
  failed,
  timeout: failed,
  cancelled: { glyph: '✕', ascii: 'x', color: 'dim' },
  abandoned: { glyph: '⚡', ascii: '~', color: 'yellow' },
}

/** Whether this program knows the status; a newer engine may have others. */
export const isStatus = (word: string): word is AnyStatus => Object.hasOwn(looks, word)

/** Frames of the running glyph in a live view. */
const runningFrames = ['◐', '◓', '◑', '◒'] as const

/** @param frame position of the animation; 0 where nothing moves */
export function glyphOf(status: AnyStatus, unicode: boolean, frame = 0): string {
  const look = looks[status]
  if (!unicode) return look.ascii
  return status === 'running' ? (runningFrames[frame % runningFrames.length] ?? look.glyph) : look.glyph
}

export const colorOf = (status: AnyStatus, colors: Colors): Formatter => colors[looks[status].color]

/** Glyph and word of a status, coloured, for tables. */
export function statusCell(status: AnyStatus, colors: Colors, unicode: boolean): string {
  return colorOf(status, colors)(`${glyphOf(status, unicode)} ${status}`)
}
