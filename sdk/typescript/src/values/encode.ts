import { createHash } from 'node:crypto'
import { BYTES_INLINE, type Json, type JsonObject, VALUE_BYTES } from '../protocol.ts'
import { Duration, PlainDate, PlainDateTime, Record, StepRef, Tuple, ZonedDateTime } from './classes.ts'
import { codecOf } from './codecs.ts'
import { Asset, Blob } from './files.ts'

/** Deeper nesting than this is taken for a mistake. */
const MAX_DEPTH = 500
/** A character takes at most so many bytes as JSON (`\u0000`). */
const BYTES_PER_CHARACTER = 6
/** More than a number, a bracket or a tag takes. */
const BYTES_PER_NODE = 32
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/

/** A value that cannot travel. The message says where in the value, and what to do. */
export class ValueError extends TypeError {
  override readonly name = 'ValueError'
  /** `result.scores[3]` */
  readonly place: string

  constructor(place: string, why: string, fix: string) {
    super(`${place} ${why}. ${fix}`)
    this.place = place
  }
}

/** A handle of a call that was made and whose step is not known yet. */
export interface Referring {
  reference(): Promise<StepRef>
}

/** Marks handles, so that this file need not know them. */
export const REFERRING: unique symbol = Symbol.for('weir-sdk.referring')

export interface Encoded {
  readonly json: Json
  /** Upper bound of the size of its JSON text, in bytes */
  readonly bound: number
  /** Bodies that have to be stored before the value travels, by digest */
  readonly bodies: ReadonlyMap<string, Uint8Array>
  /** Handles whose steps are not known yet; call `fill` before the value travels. */
  readonly waiting: readonly { readonly handle: Referring; readonly fill: (ref: StepRef) => void }[]
}

/**
 * A value as it travels, see docs/worker-protocol.md, "Values".
 *
 * @param place how the value is called in errors, e.g. `result`
 * @throws ValueError when a part cannot travel
 */
export function encode(value: unknown, place: string): Encoded {
  const encoder = new Encoder()
  const json = encoder.encode(value, place, 0)
  return { json, bound: encoder.bound, bodies: encoder.bodies, waiting: encoder.waiting }
}

export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

class Encoder {
  bound = 0
  readonly bodies = new Map<string, Uint8Array>()
  readonly waiting: { handle: Referring; fill: (ref: StepRef) => void }[] = []
  private readonly above = new Set<object>()

  encode(value: unknown, place: string, depth: number): Json {
    this.bound += BYTES_PER_NODE
    switch (typeof value) {
      case 'string':
        this.grow(value.length, place)
        return value
      case 'number':
        if (Number.isFinite(value)) return value + 0 // JSON's readers know no -0
        return { $weir: 'float', value: Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity' }
      case 'boolean':
        return value
      case 'bigint':
        if (value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER)) return Number(value)
        return { $weir: 'integer', value: String(value) }
      case 'object':
        return value === null ? null : this.object(value, place, depth)
      case 'undefined':
        throw new ValueError(place, 'is undefined, which cannot be passed on', 'Use null, or leave the field out.')
      case 'function':
        throw new ValueError(
          place,
          'is a function, which cannot be passed on',
          'Pass data, and call the function there.',
        )
      case 'symbol':
        throw new ValueError(place, 'is a symbol, which cannot be passed on', 'Pass a string.')
    }
  }

  private grow(characters: number, place: string): void {
    this.bound += characters * BYTES_PER_CHARACTER
    if (this.bound > VALUE_BYTES * BYTES_PER_CHARACTER) {
      const mib = VALUE_BYTES / 1024 / 1024
      throw new ValueError(place, `lies beyond ${mib} MiB of data`, 'Return bytes, a blob or an asset instead.')
    }
  }

  private object(value: object, place: string, depth: number): Json {
    if (this.above.has(value)) {
      throw new ValueError(place, 'contains itself', 'Data that is passed on must be a tree; refer to parts by a key.')
    }
    if (depth > MAX_DEPTH) {
      throw new ValueError(place.slice(0, 200), `is nested deeper than ${MAX_DEPTH}`, 'Pass a flat list instead.')
    }
    this.above.add(value)
    try {
      return this.whole(value, place, depth)
    } finally {
      this.above.delete(value)
    }
  }

  private whole(value: object, place: string, depth: number): Json {
    if (value instanceof Tuple) return { $weir: 'tuple', items: this.list(value, place, depth) }
    if (Array.isArray(value)) return this.list(value, place, depth)
    if (isPlain(value)) return this.plain(value, place, depth)
    return this.known(value, place) ?? this.nested(value, place, depth)
  }

  private list(items: readonly unknown[], place: string, depth: number): Json[] {
    const out: Json[] = []
    for (let at = 0; at < items.length; at += 1) out.push(this.encode(items[at], `${place}[${at}]`, depth + 1))
    return out
  }

  private plain(value: object, place: string, depth: number): Json {
    const out: JsonObject = {}
    for (const key of Object.keys(value)) {
      const item = (value as { [key: string]: unknown })[key]
      if (item === undefined) continue // as JSON.stringify does
      this.grow(key.length, place)
      set(out, key, this.encode(item, fieldOf(place, key), depth + 1))
    }
    return '$weir' in out || out['kind'] === 'asset' ? { $weir: 'escaped', value: out } : out
  }

  /** Classes whose objects hold no other values. */
  private known(value: object, place: string): Json | null {
    if (value instanceof Uint8Array) return this.bytes(value)
    if (value instanceof Date) {
      if (Number.isNaN(value.getTime())) throw new ValueError(place, 'is an invalid Date', 'Check where it was made.')
      return { $weir: 'datetime', value: value.toISOString() }
    }
    if (value instanceof PlainDate) return { $weir: 'date', value: value.value }
    if (value instanceof PlainDateTime || value instanceof ZonedDateTime)
      return { $weir: 'datetime', value: value.value }
    if (value instanceof Duration) return { $weir: 'duration', seconds: value.seconds }
    if (value instanceof StepRef) return { $weir: 'step', run: value.run, step: value.step }
    if (value instanceof Blob) {
      const { digest, size, mediaType } = value
      return { $weir: 'blob', digest, size, ...(mediaType === null ? {} : { mediaType }) }
    }
    if (value instanceof Asset) {
      this.bound += value.files.reduce((sum, file) => sum + file.path.length * BYTES_PER_CHARACTER + 200, 0)
      return { kind: 'asset', name: value.name, files: value.files.map((file) => ({ ...file })) }
    }
    if (isReferring(value)) return this.reference(value)
    return null
  }

  private nested(value: object, place: string, depth: number): Json {
    if (value instanceof Set) {
      const items = [...(value as Set<unknown>)].map((item) => this.encode(item, `${place} (an item)`, depth + 1))
      return { $weir: 'set', items: sorted(items) }
    }
    if (value instanceof Map) {
      const entries = [...(value as Map<unknown, unknown>)].map(
        ([key, item]): Json => [
          this.encode(key, `${place} (a key)`, depth + 1),
          this.encode(item, `${place}.get(${labelOf(key)})`, depth + 1),
        ],
      )
      return { $weir: 'map', entries }
    }
    if (value instanceof Record) {
      return { $weir: 'object', type: value.type, value: this.encode(value.value, place, depth + 1) }
    }
    const codec = codecOf(value)
    if (codec !== undefined) {
      return { $weir: 'object', type: codec.name, value: this.encode(codec.encode(value), place, depth + 1) }
    }
    throw strange(value, place)
  }

  private bytes(value: Uint8Array): Json {
    const buffer = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    if (value.byteLength > BYTES_INLINE) {
      const blob = digestOf(value)
      this.bodies.set(blob, value)
      this.bound += 100
      return { $weir: 'bytes', blob, size: value.byteLength }
    }
    const base64 = buffer.toString('base64')
    this.bound += base64.length
    return { $weir: 'bytes', base64 }
  }

  private reference(handle: Referring): Json {
    const out: JsonObject = { $weir: 'step', run: '', step: '' }
    this.bound += 100
    this.waiting.push({
      handle,
      fill: ({ run, step }) => {
        out['run'] = run
        out['step'] = step
      },
    })
    return out
  }
}

/** Also of another realm, as test runners have. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null
  return prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf'))
}

const isReferring = (value: object): value is Referring => REFERRING in value

/** Assigning to `__proto__` would change the object's class instead of its fields. */
export function set<T>(out: { [key: string]: T }, key: string, value: T): void {
  if (key === '__proto__')
    Object.defineProperty(out, key, { value, enumerable: true, configurable: true, writable: true })
  else out[key] = value
}

const fieldOf = (place: string, key: string): string =>
  IDENTIFIER.test(key) ? `${place}.${key}` : `${place}[${JSON.stringify(key)}]`

function labelOf(key: unknown): string {
  return typeof key === 'string' || typeof key === 'number' ? JSON.stringify(key) : '…'
}

/** Items of a set in the order of their JSON texts, by code points: the same in every language. */
function sorted(items: readonly Json[]): Json[] {
  const texts = items.map((item) => ({ item, text: JSON.stringify(item) }))
  return texts.sort((one, other) => compareCodePoints(one.text, other.text)).map(({ item }) => item)
}

function compareCodePoints(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other)) // UTF-8 sorts as its code points do
}

function strange(value: object, place: string): ValueError {
  const name: string = value.constructor?.name || 'an object of a class'
  if (value instanceof Promise) {
    return new ValueError(
      place,
      'is a promise',
      'Await it first; calls of targets may be passed on as handles (submit).',
    )
  }
  if (value instanceof Error) {
    return new ValueError(place, `is an error (${name})`, 'Throw it, or return its message.')
  }
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    return new ValueError(place, `is of the class ${name}`, 'Use Array.from(…) for numbers, or a Uint8Array for bytes.')
  }
  const fix = `Return plain data, or say how it travels: codec(${name}, { name, encode, decode }).`
  return new ValueError(place, `is of the class ${name}, which cannot be passed on`, fix)
}
