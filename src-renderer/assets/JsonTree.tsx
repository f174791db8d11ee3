import { ActionIcon, CopyButton, Tooltip } from '@mantine/core'
import { IconBraces, IconCheck, IconChevronRight, IconCopy, IconDownload } from '@tabler/icons-react'
import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from 'react'
import type { Json } from '../../src-shared/contract/index.ts'
import { plural } from '../ui/format.ts'
import { saveAs } from '../ui/save.ts'
import { Encoded } from './Encoded.tsx'
import { kindOfBranch } from './encoded.ts'
import classes from './Json.module.css'
import { type JsonRow, rowsOf } from './json-rows.ts'

interface JsonTreeProps {
  readonly value: Json
  /** For its file when it is saved, and for screen readers */
  readonly name: string
  /** Fills the height of its place; otherwise it is as high as its rows, up to a bound */
  readonly isFilling?: boolean
}

const ROW = 22
/** Without filling, the tree scrolls beyond this many rows. */
const MAX_ROWS = 18

/** A JSON value of any size as a tree that folds; only rows in sight are drawn. */
export function JsonTree({ value, name, isFilling = false }: JsonTreeProps) {
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set())
  const [active, setActive] = useState(0)
  const rows = useMemo(() => rowsOf(value, toggled), [value, toggled])
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 10,
  })
  const toggle = (path: string): void => {
    const next = new Set(toggled)
    if (!next.delete(path)) next.add(path)
    setToggled(next)
  }
  const onToggle = (index: number, path: string | null): void => {
    setActive(index)
    if (path !== null) toggle(path)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[active]
    if (event.target !== scroller.current) return
    const target = targetOf(event.key, active, rows.length)
    if (target !== null) {
      setActive(target)
      virtual.scrollToIndex(target)
    } else if (row !== undefined && isToggledBy(event.key, row)) toggle(row.path)
    else return
    event.preventDefault()
  }
  const height = isFilling ? undefined : Math.max(1, Math.min(rows.length, MAX_ROWS)) * ROW + 10
  return (
    <div className={classes.tree} data-filling={isFilling || undefined}>
      <JsonTools value={value} name={name} />
      <div
        ref={scroller}
        className={classes.scroller}
        style={{ height }}
        role="tree"
        aria-label={name}
        aria-activedescendant={`${name}-row-${active}`}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        {rows.length === 0 && (
          <div className={classes.none}>{Array.isArray(value) ? 'Empty list' : 'Empty object'}</div>
        )}
        <TreeRows name={name} rows={rows} active={active} virtual={virtual} onToggle={onToggle} />
      </div>
    </div>
  )
}

function targetOf(key: string, active: number, count: number): number | null {
  if (key === 'ArrowDown') return Math.min(count - 1, active + 1)
  if (key === 'ArrowUp') return Math.max(0, active - 1)
  if (key === 'Home') return 0
  return key === 'End' ? count - 1 : null
}

interface TreeRowsProps {
  readonly name: string
  readonly rows: readonly JsonRow[]
  readonly active: number
  readonly virtual: Virtualizer<HTMLDivElement, Element>
  /** Without a path: the row has nothing to open */
  readonly onToggle: (index: number, path: string | null) => void
}

function TreeRows({ name, rows, active, virtual, onToggle }: TreeRowsProps) {
  return (
    <div className={classes.rows} style={{ height: virtual.getTotalSize() }} role="none">
      {virtual.getVirtualItems().map(({ index, start }) => {
        const row = rows[index]
        return row === undefined ? null : (
          <TreeRow
            key={row.path}
            id={`${name}-row-${index}`}
            row={row}
            top={start}
            isActive={index === active}
            onToggle={() => onToggle(index, row.size !== null && row.size > 0 ? row.path : null)}
          />
        )
      })}
    </div>
  )
}

const isToggledBy = (key: string, row: JsonRow): boolean =>
  row.size !== null &&
  row.size > 0 &&
  (key === 'Enter' || key === ' ' || (key === 'ArrowRight' && !row.isOpen) || (key === 'ArrowLeft' && row.isOpen))

function JsonTools({ value, name }: Pick<JsonTreeProps, 'value' | 'name'>) {
  const text = (): string => JSON.stringify(value, null, 2)
  const save = (): void => saveAs(`${name.replaceAll(/[^\w.-]+/g, '-')}.json`, text(), 'application/json')
  return (
    <div className={classes.tools}>
      <CopyLater text={text} label="Copy all as JSON" />
      <Tooltip label="Save as JSON">
        <ActionIcon size={22} aria-label="Save as JSON" onClick={save}>
          <IconDownload size={14} />
        </ActionIcon>
      </Tooltip>
    </div>
  )
}

/** Makes the text only when it is wanted: writing a large value out takes time. */
function CopyLater({ text, label }: { readonly text: () => string; readonly label: string }) {
  const [isDone, setDone] = useState(false)
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text())
    setDone(true)
    setTimeout(() => setDone(false), 1500)
  }
  return (
    <Tooltip label={isDone ? 'Copied' : label}>
      <ActionIcon size={22} aria-label={label} tabIndex={-1} onClick={() => void copy()}>
        {isDone ? <IconCheck size={14} /> : <IconCopy size={14} />}
      </ActionIcon>
    </Tooltip>
  )
}

interface TreeRowProps {
  readonly id: string
  readonly row: JsonRow
  readonly top: number
  readonly isActive: boolean
  readonly onToggle: () => void
}

const INDENT = 16

function TreeRow({ id, row, top, isActive, onToggle }: TreeRowProps) {
  const isBranch = row.size !== null
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree itself has the keys
    <div
      id={id}
      role="treeitem"
      aria-level={row.depth + 1}
      aria-selected={isActive}
      {...(isBranch ? { 'aria-expanded': row.isOpen } : {})}
      tabIndex={-1}
      className={classes.row}
      style={{ transform: `translateY(${top}px)`, paddingLeft: 6 + row.depth * INDENT }}
      onClick={onToggle}
    >
      <IconChevronRight
        size={12}
        className={classes.chevron}
        data-open={row.isOpen || undefined}
        data-leaf={!isBranch || row.size === 0 || undefined}
        aria-hidden
      />
      {row.label !== '' && <span className={classes.key}>{row.label}</span>}
      <Value row={row} />
      {!row.isPart && (
        <span className={classes.copies}>
          <CopyLater
            text={() => (typeof row.value === 'string' ? row.value : JSON.stringify(row.value, null, 2))}
            label="Copy the value"
          />
          {row.path !== '' && <CopyPath path={row.path} />}
        </span>
      )}
    </div>
  )
}

function CopyPath({ path }: { readonly path: string }) {
  return (
    <CopyButton value={path} timeout={1500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : `Copy the path: ${path}`}>
          <ActionIcon size={22} aria-label="Copy the path" tabIndex={-1} onClick={copy}>
            {copied ? <IconCheck size={14} /> : <IconBraces size={14} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  )
}

/** Characters of a text that a row shows; all of it is copied. */
const SHOWN_CHARS = 500

function Value({ row }: { readonly row: JsonRow }): ReactNode {
  const { value, size, isPart } = row
  if (isPart) return <span className={classes.size}>{plural(size ?? 0, 'entry', 'entries')}</span>
  if (size === null && value !== null && typeof value === 'object') return <Encoded value={value} />
  const kind = kindOfBranch(value)
  if (kind !== null) return <span className={classes.size}>{`${kind}, ${plural(size ?? 0, 'entry', 'entries')}`}</span>
  if (Array.isArray(value))
    return <span className={classes.size}>{size === 0 ? 'empty list' : plural(size ?? 0, 'entry', 'entries')}</span>
  if (value !== null && typeof value === 'object')
    return <span className={classes.size}>{size === 0 ? 'empty object' : plural(size ?? 0, 'field')}</span>
  if (typeof value !== 'string')
    return (
      <span className={classes.literal} data-type={value === null ? 'null' : typeof value}>
        {String(value)}
      </span>
    )
  const isLong = value.length > SHOWN_CHARS
  return (
    <span className={classes.string} title={value.slice(0, 4 * SHOWN_CHARS)}>
      {JSON.stringify(isLong ? value.slice(0, SHOWN_CHARS) : value)}
      {isLong && <span className={classes.size}> … {value.length.toLocaleString()} characters</span>}
    </span>
  )
}
