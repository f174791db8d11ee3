import { isAsset, type Json } from '../../../src-shared/contract/index.ts'
import type { Blobs } from '../assets/index.ts'
import { INLINE_BYTES, type ValueRef } from './core/index.ts'

/** How much JSON text is kept in memory, so that steps that follow each other need not read it back. */
const CACHE_CHARACTERS = 64 * 1024 * 1024

/** Largest JSON value that is loaded into memory. */
const VALUE_BYTES_LIMIT = 64 * 1024 * 1024

/** Turns JSON values into references and back. Values over {@link INLINE_BYTES} are blobs; recent ones stay in memory. */
export interface Values {
  /** Reference of a value; durable when it resolves. At once (no promise) when the value is small. */
  refer(value: Json): ValueRef | Promise<ValueRef>
  /** The value if it is in memory. */
  peek(ref: ValueRef): { value: Json } | null
  load(ref: ValueRef): Promise<Json>
  /** Blobs that a value keeps alive: its own, and the files of the assets in it. */
  digests(ref: ValueRef): readonly string[]
}

export function createValues(blobs: Blobs): Values {
  const recent = new Map<string, { value: Json; characters: number }>()
  const kept = new WeakMap<ValueRef, readonly string[]>()
  let characters = 0

  const remember = (digest: string, value: Json, size: number): void => {
    const before = recent.get(digest)
    if (before !== undefined) {
      recent.delete(digest)
      characters -= before.characters
    }
    recent.set(digest, { value, characters: size })
    characters += size
    for (const [oldest, entry] of recent) {
      if (characters <= CACHE_CHARACTERS) break
      recent.delete(oldest)
      characters -= entry.characters
    }
  }

  const store = async (value: Json, text: string): Promise<ValueRef> => {
    const { digest, size } = await blobs.put(new TextEncoder().encode(text))
    remember(digest, value, text.length)
    const ref: ValueRef = { blob: digest, size }
    kept.set(ref, [digest, ...assetDigests(value)])
    return ref
  }

  return {
    refer(value) {
      const text = JSON.stringify(value)
      if (text.length > INLINE_BYTES || Buffer.byteLength(text) > INLINE_BYTES) return store(value, text)
      return { json: value }
    },
    peek(ref) {
      if ('json' in ref) return { value: ref.json }
      const entry = recent.get(ref.blob)
      return entry === undefined ? null : { value: entry.value }
    },
    async load(ref) {
      if ('json' in ref) return ref.json
      const entry = recent.get(ref.blob)
      if (entry !== undefined) {
        kept.set(ref, [ref.blob, ...assetDigests(entry.value)])
        return entry.value
      }
      const text = new TextDecoder().decode(await blobs.read(ref.blob, VALUE_BYTES_LIMIT))
      const value = JSON.parse(text) as Json
      remember(ref.blob, value, text.length)
      kept.set(ref, [ref.blob, ...assetDigests(value)])
      return value
    },
    digests: (ref) => ('json' in ref ? assetDigests(ref.json) : (kept.get(ref) ?? [ref.blob])),
  }
}

/** Digests of the files of all assets in a value, at any depth. */
export function assetDigests(value: Json): string[] {
  const found: string[] = []
  const stack: Json[] = [value]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (next === null || typeof next !== 'object') continue
    if (Array.isArray(next)) stack.push(...next)
    else if (next['kind'] === 'asset' && isAsset(next)) for (const file of next.files) found.push(file.digest)
    else if (typeof next['$weir'] === 'string') {
      found.push(...bodiesOf(next))
      stack.push(...Object.values(next))
    } else stack.push(...Object.values(next))
  }
  return found
}

/** Blobs of an encoded value (docs/worker-protocol.md, "Values"): bytes, blobs, and stored parts with what is inside them. */
function bodiesOf({ $weir: kind, blob, digest, blobs }: Readonly<Record<string, Json>>): string[] {
  const inside = kind === 'stored' && Array.isArray(blobs) ? blobs : []
  const own = kind === 'blob' ? digest : blob
  return [own ?? null, ...inside].filter((one): one is string => typeof one === 'string' && DIGEST.test(one))
}

const DIGEST = /^[0-9a-f]{64}$/
