import { IconChevronRight } from '@tabler/icons-react'
import { useState } from 'react'
import { isAsset, type Json } from '../../../../src-shared/contract/index.ts'
import { CopyButton } from '../../../ui/Copy.tsx'
import { formatBytes, plural } from '../../../ui/format.ts'
import classes from './json.module.css'

/** So many entries are shown at once; more on request. */
const CHUNK = 100
/** What is deeper is folded at first. */
const OPEN_DEPTH = 2
/** Longer texts are cut until somebody wants all. */
const LONG_TEXT = 300

/** A JSON value as a tree that folds. */
export function JsonTree({ value }: { readonly value: Json }) {
  return (
    <div className={`${classes.tree} mono`}>
      {isBranch(value) ? <Entries value={value} depth={0} /> : <Leaf value={value} />}
    </div>
  )
}

type Branch = Json[] | { [key: string]: Json }

const isBranch = (value: Json): value is Branch => value !== null && typeof value === 'object'

function Entries({ value, depth }: { readonly value: Branch; readonly depth: number }) {
  const [limit, setLimit] = useState(CHUNK)
  const entries = Array.isArray(value) ? value.map((one, i) => [String(i), one] as const) : Object.entries(value)
  if (entries.length === 0) return <span className="dim">{Array.isArray(value) ? 'empty list' : 'empty object'}</span>
  return (
    <ul className={classes.entries}>
      {entries.slice(0, limit).map(([name, one]) => (
        <li key={name}>
          {isBranch(one) ? (
            <Fold name={name} value={one} depth={depth + 1} />
          ) : (
            <div className={classes.leafLine}>
              <span className={classes.name}>{name}</span>
              <Leaf value={one} />
            </div>
          )}
        </li>
      ))}
      {entries.length > limit && (
        <li>
          <button type="button" className={classes.more} onClick={() => setLimit(limit + CHUNK * 5)}>
            Show more: {plural(entries.length - limit, 'entry is', 'entries are')} left
          </button>
        </li>
      )}
    </ul>
  )
}

interface FoldProps {
  readonly name: string
  readonly value: Branch
  readonly depth: number
}

function Fold({ name, value, depth }: FoldProps) {
  const size = Array.isArray(value) ? value.length : Object.keys(value).length
  const [isOpen, setOpen] = useState(depth < OPEN_DEPTH && size <= CHUNK && !isAsset(value))
  return (
    <>
      <div className={classes.foldLine}>
        <button type="button" className={classes.fold} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <IconChevronRight size={12} aria-hidden />
          <span className={classes.name}>{name}</span>
          <span className={classes.size}>{sizeInWords(value, size)}</span>
        </button>
        <CopyButton value={JSON.stringify(value, null, 2)} label={`Copy ${name}`} />
      </div>
      {isOpen && (
        <div className={classes.children}>
          <Entries value={value} depth={depth} />
        </div>
      )}
    </>
  )
}

function sizeInWords(value: Branch, size: number): string {
  if (isAsset(value)) {
    const bytes = formatBytes(value.files.reduce((sum, file) => sum + file.size, 0))
    const [only] = value.files
    return value.files.length === 1 && only !== undefined
      ? `${only.path}, ${bytes}`
      : `${plural(value.files.length, 'file')}, ${bytes}`
  }
  return Array.isArray(value) ? plural(size, 'entry', 'entries') : plural(size, 'field')
}

function Leaf({ value }: { readonly value: Json }) {
  const [isAll, setAll] = useState(false)
  if (typeof value !== 'string') return <span className={classes.literal}>{String(value)}</span>
  if (value === '') return <span className="dim">empty text</span>
  const isLong = value.length > LONG_TEXT
  return (
    <span className={classes.text}>
      {isLong && !isAll ? `${value.slice(0, LONG_TEXT)}…` : value}
      {isLong && (
        <button type="button" className={classes.more} onClick={() => setAll(!isAll)}>
          {isAll ? 'Show less' : 'Show all'}
        </button>
      )}
    </span>
  )
}
