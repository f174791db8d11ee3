import { Button } from '@mantine/core'
import { IconArrowDown } from '@tabler/icons-react'
import {
  type KeyboardEvent,
  type Ref,
  type RefObject,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { plural } from '../../ui/format.ts'
import { say } from '../../ui/say.ts'
import classes from './Log.module.css'
import { LogRow } from './LogRow.tsx'
import type { LogSource } from './log-source.ts'
import { spacerOf } from './place.ts'
import type { LogState } from './protocol.ts'
import { type PlaceControl, ROW_HEIGHT, usePlace } from './use-place.ts'
import { type RowSelection, useRowSelection } from './use-selection.ts'

export interface LinesHandle {
  reveal(row: number): void
  /** The first row in sight */
  top(): number
  focus(): void
}

interface LogLinesProps {
  readonly log: LogSource
  readonly state: LogState
  readonly isWrapped: boolean
  readonly withTime: boolean
  /** Several steps or attempts are mixed: each line says whose it is */
  readonly withSource: boolean
  readonly following: boolean
  readonly onFollow: (following: boolean) => void
  /** Row of the match that is gone to */
  readonly current: number | null
  readonly onWhole: (row: number) => void
  readonly onKey: (event: KeyboardEvent) => void
  readonly label: string
  /** As high as its lines, up to these pixels; it fills its place when absent */
  readonly maxHeight?: number
  readonly ref?: Ref<LinesHandle>
}

/** The lines in sight, of however many there are. */
export function LogLines(props: LogLinesProps) {
  const { log, state, isWrapped, following, onFollow } = props
  const scroller = useRef<HTMLDivElement>(null)
  const layer = useRef<HTMLDivElement>(null)
  const control = usePlace({ scroller, layer, rows: state.rows, isWrapped, following, onFollow })
  const { from, to, place, extent } = control
  const [selection, onPointerDown, select] = useRowSelection(scroller, control)
  useEffect(() => log.want(from, to))
  useImperativeHandle(props.ref, () => ({
    reveal: control.reveal,
    top: () => control.place.row,
    focus: () => scroller.current?.focus(),
  }))
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== scroller.current) return
    if (onCopy(event, log, selection)) return
    if ((event.ctrlKey || event.metaKey) && event.key === 'a') {
      event.preventDefault()
      select({ from: 0, to: state.rows })
    } else if (event.key === 'Escape' && selection !== null) select(null)
    else if (!moveByKey(event, control)) props.onKey(event)
  }
  const height = useHeight(layer, state.rows, props.maxHeight)
  const hidden = following ? 0 : state.rows - place.row - Math.floor(extent.viewport / ROW_HEIGHT)
  return (
    <div className={classes.lines} style={height === undefined ? undefined : { height, flex: 'none' }}>
      <div
        ref={scroller}
        className={classes.scroller}
        data-wrapped={isWrapped || undefined}
        role="log"
        aria-live="off"
        aria-label={props.label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
        tabIndex={0}
        onKeyDown={onKeyDown}
        onPointerDown={onPointerDown}
      >
        <div className={classes.spacer} style={{ height: spacerOf(extent) }}>
          <div className={classes.window} style={{ height: extent.viewport }}>
            <div ref={layer} className={classes.layer}>
              <Rows {...props} from={from} to={to} selection={selection} />
            </div>
          </div>
        </div>
      </div>
      {!following && hidden > 0 && state.phase !== 'complete' && (
        <Button
          className={classes.follow ?? ''}
          variant="default"
          leftSection={<IconArrowDown size={14} />}
          onClick={control.goToEnd}
        >
          Follow
        </Button>
      )}
    </div>
  )
}

/** As high as the lines are drawn, wrapped ones too; few lines are all drawn. */
function useHeight(layer: RefObject<HTMLDivElement | null>, rows: number, max: number | undefined): number | undefined {
  const [drawn, setDrawn] = useState(0)
  const isFew = max !== undefined && rows * ROW_HEIGHT <= max
  useLayoutEffect(() => {
    const element = layer.current
    if (!isFew || element === null) return
    const measure = (): void => setDrawn(element.offsetHeight)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [layer, isFew])
  if (max === undefined) return undefined
  return isFew ? Math.min(max, Math.max(drawn, rows * ROW_HEIGHT)) : max
}

function Rows(
  props: LogLinesProps & { readonly from: number; readonly to: number; readonly selection: RowSelection | null },
) {
  const { log, state, from, to, selection, current } = props
  const digits = Math.max(3, String(state.lines).length)
  return Array.from({ length: to - from }, (_, offset) => {
    const index = from + offset
    const row = log.row(index)
    return (
      <LogRow
        key={index}
        index={index}
        row={row}
        source={props.withSource && row !== null ? (state.sources[row.source] ?? null) : null}
        digits={digits}
        withTime={props.withTime}
        isSelected={selection !== null && index >= selection.from && index < selection.to}
        isCurrent={index === current}
        onWhole={props.onWhole}
      />
    )
  })
}

/** Copies the selected rows, also those that are not drawn; a selection inside of texts is the browser's own business. */
function onCopy(event: KeyboardEvent, log: LogSource, selection: RowSelection | null): boolean {
  const isCopy = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'c'
  if (!isCopy || selection === null) return false
  event.preventDefault()
  void copyRows(log, selection)
  return true
}

export async function copyRows(log: LogSource, { from, to }: RowSelection): Promise<void> {
  const text = await log.copy(from, to)
  if (text === null) return say('This is too much for the clipboard. Save the log instead.')
  await navigator.clipboard.writeText(text)
  say(`${plural(to - from, 'line')} copied.`)
}

function moveByKey(event: KeyboardEvent, control: PlaceControl): boolean {
  const { extent } = control
  const page = Math.max(ROW_HEIGHT, extent.viewport - 2 * ROW_HEIGHT)
  const moves = new Map<string, () => void>([
    ['Home', () => control.goTo({ row: 0, px: 0 })],
    ['End', control.goToEnd],
    ['PageUp', () => control.moveBy(-page)],
    ['PageDown', () => control.moveBy(page)],
    ['ArrowUp', () => control.moveBy(-ROW_HEIGHT)],
    ['ArrowDown', () => control.moveBy(ROW_HEIGHT)],
  ])
  const move = moves.get(event.key)
  if (move === undefined || event.altKey || event.shiftKey) return false
  event.preventDefault()
  move()
  return true
}
