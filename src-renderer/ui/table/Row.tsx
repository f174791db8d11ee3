import { Checkbox } from '@mantine/core'
import { type MouseEvent, memo, type ReactNode, useLayoutEffect, useRef } from 'react'
import classes from './table.module.css'
import type { Column } from './types.ts'

interface RowProps<T> {
  readonly id: string
  readonly index: number
  /** px from the top */
  readonly start: number
  readonly row: T
  readonly columns: readonly Column<T>[]
  readonly card: (row: T) => ReactNode
  readonly isNarrow: boolean
  readonly isActive: boolean
  readonly isSelected: boolean
  readonly measure: ((element: Element | null) => void) | undefined
  /** Null: rows cannot be chosen */
  readonly onTick: ((isRange: boolean) => void) | null
  readonly onOpen: () => void
}

/** What has a click of its own inside a row. */
const CONTROLS = 'a, button, input, label, [role="menu"], [role="dialog"]'

function PlainRow<T>({ id, index, start, row, columns, card, isNarrow, isActive, isSelected, ...rest }: RowProps<T>) {
  const { measure, onTick, onOpen } = rest
  const element = useRef<HTMLDivElement>(null)
  useReachable(element, isActive)
  const onClick = (event: MouseEvent): void => {
    if (event.target instanceof Element && event.target.closest(CONTROLS) !== null) return
    // Menus are drawn elsewhere, but their clicks arrive here; so do the ends of text selections.
    if (!(event.target instanceof Node) || element.current?.contains(event.target) !== true) return
    if (window.getSelection()?.isCollapsed === false) return
    onOpen()
  }
  return (
    <div
      ref={(node) => {
        element.current = node
        measure?.(node)
      }}
      id={id}
      role="row"
      data-index={index}
      aria-rowindex={index + 2}
      aria-selected={onTick === null ? undefined : isSelected}
      className={isNarrow ? classes.card : classes.row}
      data-active={isActive || undefined}
      data-selected={isSelected || undefined}
      style={{ transform: `translateY(${start}px)` }}
      onClick={onClick}
    >
      {onTick !== null && <Tick isOn={isSelected} onTick={onTick} />}
      {isNarrow ? (
        <div role="gridcell" className={classes.cardBody}>
          {card(row)}
        </div>
      ) : (
        columns.map((column) => (
          <div key={column.id} role="gridcell" className={classes.cell} data-align={column.align}>
            {column.cell(row)}
          </div>
        ))
      )}
    </div>
  )
}

function Tick({ isOn, onTick }: { readonly isOn: boolean; readonly onTick: (isRange: boolean) => void }) {
  return (
    <div role="gridcell" className={classes.tick}>
      <Checkbox
        size="xs"
        checked={isOn}
        aria-label="Choose this row"
        onChange={() => undefined}
        onClick={(event) => onTick(event.shiftKey)}
      />
    </div>
  )
}

/** Only the row that the keyboard is on has its controls in the order of Tab: else Tab would lead through every row. */
function useReachable(row: { readonly current: HTMLDivElement | null }, isActive: boolean): void {
  useLayoutEffect(() => {
    for (const control of row.current?.querySelectorAll<HTMLElement>('a, button, input') ?? [])
      control.tabIndex = isActive ? 0 : -1
  })
}

export const Row = memo(PlainRow, (before, after) =>
  (Object.keys(after) as (keyof typeof after)[]).every(
    // Handlers are new each time and mean the same for the same row.
    (key) => key === 'onTick' || key === 'onOpen' || before[key] === after[key],
  ),
) as typeof PlainRow
