import { isAsset, type Json } from '../../src-shared/contract/index.ts'
import { openedOf } from './encoded.ts'

/** One row of a JSON tree as it is shown. */
export interface JsonRow {
  /** `steps[3].outputs`, as it is written in an expression; the root is '' */
  readonly path: string
  readonly depth: number
  /** Field, index, or `[0 … 999]` for a part of a long list */
  readonly label: string
  readonly value: Json
  /** Entries; null for a leaf */
  readonly size: number | null
  readonly isOpen: boolean
  readonly isPart: boolean
}

/** Longer lists are divided into parts of this size, so that opening one is never slow. */
export const PART = 1_000

type Branch = Json[] | { [key: string]: Json }
const isBranch = (value: Json): value is Branch =>
  value !== null && typeof value === 'object' && !isFiles(value) && openedOf(value) !== null
/** Looked at closely only when it says so of itself: a tree may have 100,000 entries. */
const isFiles = (value: Branch): boolean => !Array.isArray(value) && value['kind'] === 'asset' && isAsset(value)
const PLAIN = /^[A-Za-z_$][\w$]*$/

const pathTo = (parent: string, key: string | number): string =>
  typeof key === 'number'
    ? `${parent}[${key}]`
    : PLAIN.test(key)
      ? parent === ''
        ? key
        : `${parent}.${key}`
      : `${parent}[${JSON.stringify(key)}]`

interface Walk {
  readonly rows: JsonRow[]
  /** Paths whose state differs from what it is at first */
  readonly toggled: ReadonlySet<string>
}

/** What is open at first: the outer levels, when they are short. */
const OPEN_DEPTH = 2
const OPEN_SIZE = 60
const opensAtFirst = (depth: number, size: number): boolean => depth < OPEN_DEPTH && size <= OPEN_SIZE

/** The rows of a value that are in sight when the branches in `toggled` were opened or closed by the person. */
export function rowsOf(value: Json, toggled: ReadonlySet<string>): JsonRow[] {
  const walk: Walk = { rows: [], toggled }
  if (isBranch(value)) addEntries(walk, openedOf(value) ?? value, '', 0)
  else walk.rows.push(leaf('', 0, '', value))
  return walk.rows
}

const leaf = (path: string, depth: number, label: string, value: Json): JsonRow => ({
  path,
  depth,
  label,
  value,
  size: null,
  isOpen: false,
  isPart: false,
})

function addEntries(walk: Walk, value: Branch, path: string, depth: number): void {
  const keys = Array.isArray(value) ? null : Object.keys(value)
  const size = keys?.length ?? (value as Json[]).length
  if (size <= PART) return addRange(walk, value, keys, path, depth, 0, size)
  for (let from = 0; from < size; from += PART) {
    const to = Math.min(size, from + PART)
    const part = `${path}\u0000${from}`
    const isOpen = walk.toggled.has(part)
    walk.rows.push({ path: part, depth, label: `[${from} … ${to - 1}]`, value, size: to - from, isOpen, isPart: true })
    if (isOpen) addRange(walk, value, keys, path, depth + 1, from, to)
  }
}

function addRange(
  walk: Walk,
  value: Branch,
  keys: readonly string[] | null,
  path: string,
  depth: number,
  from: number,
  to: number,
): void {
  for (let index = from; index < to; index += 1) {
    const key = keys === null ? index : (keys[index] ?? '')
    const child = (value as Record<string | number, Json>)[key] ?? null
    const childPath = pathTo(path, key)
    if (!isBranch(child)) {
      walk.rows.push(leaf(childPath, depth, String(key), child))
      continue
    }
    const opened = openedOf(child) ?? child
    const size = Array.isArray(opened) ? opened.length : Object.keys(opened).length
    const isOpen = size > 0 && opensAtFirst(depth, size) !== walk.toggled.has(childPath)
    walk.rows.push({ path: childPath, depth, label: String(key), value: child, size, isOpen, isPart: false })
    if (isOpen) addEntries(walk, opened, childPath, depth + 1)
  }
}
