import { type Json, markOf } from '../../src-shared/contract/index.ts'
import { briefValue } from '../../src-shared/values/index.ts'

/*
 * Values that plain JSON cannot say, as people read them: docs/worker-protocol.md, "Values".
 */

type Branch = Json[] | { [key: string]: Json }

/** What a list or an object holds, also an encoded one; null for what is one thing: a date, a reference, bytes. */
export function openedOf(value: Branch): Branch | null {
  const mark = markOf(value)
  if (mark === null || Array.isArray(value)) return value
  switch (mark) {
    case 'set':
    case 'tuple':
      return asList(value['items'])
    case 'map':
      return Object.fromEntries(asList(value['entries']).map((entry) => [keyOf(entry), asList(entry)[1] ?? null]))
    case 'object':
    case 'escaped': {
      const inner = value['value'] ?? null
      return inner !== null && typeof inner === 'object' ? inner : null
    }
    default:
      return null
  }
}

const asList = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : [])
const keyOf = (entry: Json): string => {
  const key = asList(entry)[0] ?? null
  return typeof key === 'string' ? key : briefValue(key)
}

/** What a branch is besides a list or an object: `set`, `tuple`, `digits.Score`; null for plain ones. */
export function kindOfBranch(value: Json): string | null {
  const mark = markOf(value)
  if (mark === 'object') {
    const { type } = value as { type?: Json }
    return typeof type === 'string' ? type : 'object'
  }
  return mark === 'set' || mark === 'tuple' || mark === 'map' ? mark : null
}

/** The step that a reference means; null for anything else. */
export function stepOf(value: Json): { readonly run: string; readonly step: string } | null {
  if (markOf(value) !== 'step') return null
  const { run, step } = value as { run?: Json; step?: Json }
  return typeof run === 'string' && typeof step === 'string' ? { run, step } : null
}

/** The blob that holds a value's body; null when it has none. */
export function blobOf(value: Json): { readonly digest: string; readonly what: string } | null {
  const mark = markOf(value)
  if (mark === null) return null
  const { digest, blob } = value as { digest?: Json; blob?: Json }
  const found = mark === 'blob' ? digest : blob
  return typeof found === 'string' ? { digest: found, what: mark } : null
}

/** A list of objects with the same few plain fields: it is read as a table. Null for anything else. */
export function tableOf(value: Json): { readonly columns: readonly string[]; readonly rows: readonly Branch[] } | null {
  if (!Array.isArray(value) || value.length < 2) return null
  const columns = new Set<string>()
  for (const row of value) {
    if (row === null || typeof row !== 'object' || Array.isArray(row) || markOf(row) !== null) return null
    for (const [name, cell] of Object.entries(row)) {
      if (cell !== null && typeof cell === 'object' && openedOf(cell) !== null) return null
      columns.add(name)
    }
    if (columns.size > TABLE_COLUMNS) return null
  }
  return columns.size === 0 ? null : { columns: [...columns], rows: value as Branch[] }
}

const TABLE_COLUMNS = 12
