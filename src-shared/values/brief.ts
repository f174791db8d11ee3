import { isAsset, type Json, markOf } from '../contract/index.ts'

/** Longest text or JSON that is shown whole inside a brief value */
const TEXT_LIMIT = 32
/** Members of a list or an object that a brief value names */
const MEMBERS = 3

const KIB = 1024
const UNITS = ['KB', 'MB', 'GB', 'TB']

/** `12 B`, `1.4 KB`: as sizes are written everywhere. */
export function briefSize(bytes: number): string {
  if (bytes < KIB) return `${bytes} B`
  let [amount, unit] = [bytes, -1]
  while (amount >= KIB && unit < UNITS.length - 1) {
    amount /= KIB
    unit += 1
  }
  return `${amount < 10 ? amount.toFixed(1) : Math.round(amount)} ${UNITS[unit]}`
}

/** A value in a few words: what it is, and its beginning when it is long. Understands docs/worker-protocol.md, "Values". */
export function briefValue(value: Json, depth = 0): string {
  if (typeof value === 'string') return JSON.stringify(cut(value))
  if (value === null || typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return listed('[', value, depth, ']')
  const mark = markOf(value)
  if (mark !== null) return marked(mark, value, depth)
  if (isAsset(value)) return `${value.name} (${value.files.length} ${value.files.length === 1 ? 'file' : 'files'})`
  const names = Object.keys(value)
  if (depth > 1) return names.length === 0 ? '{}' : '{…}'
  const shown = names.slice(0, MEMBERS).map((name) => `${cut(name)}: ${briefValue(value[name] ?? null, depth + 1)}`)
  return `{${shown.join(', ')}${names.length > MEMBERS ? ', …' : ''}}`
}

const cut = (text: string): string => (text.length > TEXT_LIMIT ? `${text.slice(0, TEXT_LIMIT - 1)}…` : text)

function listed(open: string, items: readonly Json[], depth: number, close: string): string {
  if (items.length === 0) return open + close
  if (depth > 1 || items.length > MEMBERS) return `${open}${items.length} items${close}`
  return `${open}${items.map((item) => briefValue(item, depth + 1)).join(', ')}${close}`
}

/** What a member of an encoded value says, when it is as the protocol has it. */
const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null))

type Encoded = { readonly [key: string]: Json }

function marked(mark: string, value: Encoded, depth: number): string {
  switch (mark) {
    case 'step':
      return textOf(value['step'])
    case 'integer':
    case 'float':
    case 'date':
    case 'datetime':
      return textOf(value['value'])
    case 'duration':
      return `${textOf(value['seconds'])} s`
    case 'bytes':
      return `bytes (${briefSize(bytesSize(value))})`
    case 'blob':
      return `blob (${briefSize(Number(value['size'] ?? 0))})`
    case 'stored':
      return `a value of ${briefSize(Number(value['size'] ?? 0))}`
    case 'set':
      return listed('{', listOf(value['items']), depth, '}')
    case 'tuple':
      return listed('(', listOf(value['items']), depth, ')')
    case 'map':
      return `map of ${listOf(value['entries']).length}`
    case 'object':
      return `${textOf(value['type']).split('.').at(-1) ?? ''} ${briefValue(value['value'] ?? null, depth + 1)}`
    case 'absent':
      return 'left out'
    case 'escaped':
      return briefValue(
        Object.entries((value['value'] ?? {}) as Encoded).map(([, one]) => one),
        depth,
      )
    default:
      return cut(JSON.stringify(value))
  }
}

const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : [])

/** Of bytes that travel in the value, or as a blob of their own. */
export function bytesSize(value: Encoded): number {
  const { size, base64 } = value
  if (typeof size === 'number') return size
  const text = typeof base64 === 'string' ? base64 : ''
  return Math.floor((text.replace(/=+$/, '').length * 3) / 4)
}
