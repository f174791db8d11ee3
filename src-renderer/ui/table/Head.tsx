import { ActionIcon, Menu, Tooltip, UnstyledButton } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconColumns3 } from '@tabler/icons-react'
import type { Header, RowData, Table } from '@tanstack/react-table'
import type { KeyboardEvent } from 'react'
import type { Features } from './features.ts'
import classes from './table.module.css'
import type { Column } from './types.ts'

/** px by which Alt and an arrow key change the width of a column */
const KEY_STEP = 16

interface HeadCellProps<T extends RowData> {
  readonly column: Column<T>
  readonly header: Header<Features, T>
}

/** The heading of a column: sorts by it, and its right border gives it another width. */
export function HeadCell<T extends RowData>({ column, header }: HeadCellProps<T>) {
  const direction = header.column.getIsSorted()
  const Arrow = direction === 'asc' ? IconArrowUp : IconArrowDown
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!event.altKey || (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight')) return
    event.preventDefault()
    event.stopPropagation()
    resizeBy(header, event.key === 'ArrowLeft' ? -KEY_STEP : KEY_STEP)
  }
  return (
    <div
      role="columnheader"
      className={classes.headCell}
      data-align={column.align}
      aria-sort={direction === false ? 'none' : direction === 'asc' ? 'ascending' : 'descending'}
    >
      {column.sortBy === undefined ? (
        <span className={column.hidesTitle === true ? 'visually-hidden' : 'truncate'}>{column.title}</span>
      ) : (
        <UnstyledButton
          className={classes.sort}
          onClick={header.column.getToggleSortingHandler()}
          onKeyDown={onKeyDown}
          title="Sort by this. Alt and an arrow key change the width."
        >
          <span className="truncate">{column.title}</span>
          {direction !== false && <Arrow size={13} aria-hidden />}
        </UnstyledButton>
      )}
      <div
        aria-hidden
        className={classes.resize}
        data-active={header.column.getIsResizing() || undefined}
        onMouseDown={header.getResizeHandler()}
        onTouchStart={header.getResizeHandler()}
        onDoubleClick={() => header.column.resetSize()}
      />
    </div>
  )
}

function resizeBy<T extends RowData>({ column, getContext }: Header<Features, T>, px: number): void {
  getContext().table.setColumnSizing((before) => ({ ...before, [column.id]: Math.max(48, column.getSize() + px) }))
}

interface ColumnsMenuProps<T extends RowData> {
  readonly columns: readonly Column<T>[]
  readonly table: Table<Features, T>
  readonly isChanged: boolean
  readonly onReset: () => void
}

/** Which columns are shown. */
export function ColumnsMenu<T extends RowData>({ columns, table, isChanged, onReset }: ColumnsMenuProps<T>) {
  return (
    <Menu position="bottom-end" closeOnItemClick={false}>
      <Tooltip label="Columns">
        <Menu.Target>
          <ActionIcon size={24} aria-label="Columns" className={classes.columns}>
            <IconColumns3 size={15} stroke={1.5} />
          </ActionIcon>
        </Menu.Target>
      </Tooltip>
      <Menu.Dropdown>
        <Menu.Label>Columns</Menu.Label>
        {columns
          .filter(({ isKey }) => isKey !== true)
          .map(({ id, title }) => {
            const isShown = table.getColumn(id)?.getIsVisible() === true
            return (
              <Menu.CheckboxItem
                key={id}
                checked={isShown}
                onChange={() => table.getColumn(id)?.toggleVisibility(!isShown)}
              >
                {title}
              </Menu.CheckboxItem>
            )
          })}
        <Menu.Divider />
        <Menu.Item disabled={!isChanged} onClick={onReset}>
          Columns as at first
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
