import { type Json, type JsonObject, VALUE_BYTES, VALUE_INLINE_BYTES } from '../protocol.ts'
import type { BlobStore } from './blob-store.ts'
import { type Decoding, decode, type NeededBody, neededBodies } from './decode.ts'
import { digestOf, encode, ValueError } from './encode.ts'
import { readAll } from './store.ts'

/** Parts below this size are not worth a blob of their own. */
const PART_BYTES = 4096
/** How many bodies are sent or fetched at once. */
const AT_ONCE = 8

/**
 * Encodes a value, stores its large parts and waits for the steps of handles in it.
 *
 * @param place how the value is called in errors
 * @param settle called when handles have to be waited for: their calls may still have to be sent
 * @throws ValueError when a part cannot travel, or all of it is too large
 */
export async function pack(value: unknown, place: string, store: BlobStore, settle?: () => void): Promise<Json> {
  const encoded = encode(value, place)
  if (encoded.waiting.length > 0) {
    settle?.()
    for (const { handle, fill } of encoded.waiting) fill(await handle.reference())
  }
  if (encoded.bodies.size > 0) await inBatches([...encoded.bodies], ([digest, body]) => store.put(digest, body))
  return encoded.bound <= VALUE_INLINE_BYTES ? encoded.json : packLarge(encoded.json, place, store)
}

/** The same for what is known to be small and to hold no handles: null when it is not. */
export function packAtOnce(value: unknown, place: string): { json: Json } | null {
  const encoded = encode(value, place)
  const simple = encoded.waiting.length === 0 && encoded.bodies.size === 0 && encoded.bound <= VALUE_INLINE_BYTES
  return simple ? { json: encoded.json } : null
}

/** Decodes a value, fetching what it needs. */
export async function unpack(json: Json, store: BlobStore, resolve?: Decoding['resolve']): Promise<unknown> {
  const bodies = await loadBodies(json, store)
  return decode(json, { bodies, ...(resolve === undefined ? {} : { resolve }) })
}

/** All bodies that a value needs to be decoded, also those inside of stored parts. */
export async function loadBodies(json: Json, store: BlobStore): Promise<Map<string, Buffer>> {
  const bodies = new Map<string, Buffer>()
  let wanted = neededBodies(json)
  while (wanted.length > 0) {
    const next: NeededBody[] = []
    const unique = new Map(wanted.map((body) => [body.digest, body]))
    await inBatches([...unique.values()], async ({ digest, isPart }) => {
      const body = await readAll(store, digest)
      bodies.set(digest, body)
      if (isPart) next.push(...neededBodies(JSON.parse(body.toString()) as Json))
    })
    wanted = next.filter(({ digest }) => !bodies.has(digest))
  }
  return bodies
}

async function packLarge(json: Json, place: string, store: BlobStore): Promise<Json> {
  const sizes = new Sizes()
  const size = sizes.of(json)
  if (size <= VALUE_INLINE_BYTES) return json
  if (size > VALUE_BYTES) {
    const mib = (bytes: number): string => (bytes / 1024 / 1024).toFixed(0)
    const why = `has ${mib(size)} MiB, more than the ${mib(VALUE_BYTES)} MiB that a value may have`
    throw new ValueError(place, why, 'Return bytes, a blob or an asset instead.')
  }
  const parts: Buffer[] = []
  const slim = shrink(json, sizes, parts)
  await inBatches(parts, (body) => store.put(digestOf(body), body))
  return slim
}

/** Sizes of JSON texts in bytes, each computed once. */
class Sizes {
  private readonly known = new Map<object, number>()

  of(json: Json): number {
    if (json === null || typeof json !== 'object') return Buffer.byteLength(JSON.stringify(json))
    const before = this.known.get(json)
    if (before !== undefined) return before
    let size = 2
    if (Array.isArray(json)) for (const item of json) size += this.of(item) + 1
    else
      for (const key of Object.keys(json))
        size += Buffer.byteLength(JSON.stringify(key)) + 2 + this.of(json[key] as Json)
    this.known.set(json, size)
    return size
  }
}

/** Replaces the largest parts by references until the rest is small enough; `parts` gets their texts. */
function shrink(json: Json, sizes: Sizes, parts: Buffer[]): Json {
  if (json === null || typeof json !== 'object' || '$weir' in json || (json as JsonObject)['kind'] === 'asset') {
    return store(json, parts)
  }
  const keys = Object.keys(json)
  const children = keys
    .map((key) => ({ key, size: sizes.of((json as JsonObject)[key] as Json) }))
    .filter(({ size }) => size >= PART_BYTES)
    .sort((one, other) => other.size - one.size)
  let rest = sizes.of(json)
  const replaced = new Set<string>()
  for (const { key, size } of children) {
    if (rest <= VALUE_INLINE_BYTES) break
    rest -= size - 300 // about what the reference takes
    replaced.add(key)
  }
  if (rest > VALUE_INLINE_BYTES) return store(json, parts)
  const part = (key: string): Json => {
    const child = (json as JsonObject)[key] as Json
    return replaced.has(key) ? store(child, parts) : child
  }
  return Array.isArray(json) ? keys.map(part) : Object.fromEntries(keys.map((key) => [key, part(key)]))
}

function store(json: Json, parts: Buffer[]): Json {
  const body = Buffer.from(JSON.stringify(json))
  parts.push(body)
  const blobs = [...new Set(blobsIn(json))]
  return { $weir: 'stored', blob: digestOf(body), size: body.length, blobs }
}

/** Digests of all blobs that a value refers to: what must be kept as long as the value is. */
export function blobsIn(json: Json): string[] {
  if (json === null || typeof json !== 'object') return []
  if (Array.isArray(json)) return json.flatMap(blobsIn)
  if (json['kind'] === 'asset' && Array.isArray(json['files'])) {
    return json['files'].flatMap((file) => [(file as { digest: string }).digest])
  }
  if (json['$weir'] === 'blob') return [json['digest'] as string]
  if (json['$weir'] === 'bytes') return 'blob' in json ? [json['blob'] as string] : []
  return Object.keys(json).flatMap((key) => blobsIn(json[key] as Json))
}

async function inBatches<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const item = items[next] as T
      next += 1
      await work(item)
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, lane))
}
