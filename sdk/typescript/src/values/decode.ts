import type { Json, JsonObject } from '../protocol.ts'
import type { AssetFile } from './asset-file.ts'
import { Duration, PlainDate, PlainDateTime, Record, StepRef, Tuple, ZonedDateTime } from './classes.ts'
import { codecNamed } from './codecs.ts'
import { set } from './encode.ts'
import { Asset, Blob, checkDigest } from './files.ts'

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const INTEGER = /^-?\d+$/
/** What a Date says just as well: UTC, not finer than milliseconds. */
const DATE_LIKE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z$/
const FLOATS: { readonly [name: string]: number } = { NaN: Number.NaN, Infinity, '-Infinity': -Infinity }

/** What the codec of a value may need: stored parts, and what stands for references to steps. */
export interface Decoding {
  /** Bodies of blobs that the value refers to, by digest; see `neededBodies` */
  readonly bodies?: ReadonlyMap<string, Buffer>
  /** What a reference becomes; itself when absent */
  readonly resolve?: (ref: StepRef) => unknown
}

/**
 * The value that a JSON text means.
 *
 * @throws TypeError when it is none, with the place; Error when a body is missing
 */
export function decode(json: Json, decoding: Decoding = {}): unknown {
  return new Decoder(decoding).decode(json)
}

/** A body that has to be there before a value can be decoded. */
export interface NeededBody {
  readonly digest: string
  /** A part of the value, as JSON text, that may need more; else bytes */
  readonly isPart: boolean
}

export function neededBodies(json: Json): NeededBody[] {
  const found: NeededBody[] = []
  const look = (value: Json | undefined): void => {
    if (value === null || value === undefined || typeof value !== 'object') return
    if (Array.isArray(value)) value.forEach(look)
    else {
      const kind = Object.hasOwn(value, '$weir') ? value['$weir'] : undefined
      if ((kind === 'stored' || kind === 'bytes') && typeof value['blob'] === 'string') {
        found.push({ digest: value['blob'], isPart: kind === 'stored' })
      } else if (kind === 'escaped') fields(value['value'])
      else fields(value)
    }
  }
  const fields = (value: Json | undefined): void => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return
    for (const key of Object.keys(value)) look(value[key])
  }
  look(json)
  return found
}

class Decoder {
  private readonly decoding: Decoding

  constructor(decoding: Decoding) {
    this.decoding = decoding
  }

  decode(json: Json): unknown {
    if (json === null || typeof json !== 'object') return json
    if (Array.isArray(json)) return json.map((item) => this.decode(item))
    if (Object.hasOwn(json, '$weir')) return this.tagged(json)
    if (json['kind'] === 'asset' && Object.hasOwn(json, 'kind')) return assetOf(json)
    return this.fields(json)
  }

  private fields(json: JsonObject): { [key: string]: unknown } {
    const out: { [key: string]: unknown } = {}
    for (const key of Object.keys(json)) set(out, key, this.decode(json[key] as Json))
    return out
  }

  private tagged(json: JsonObject): unknown {
    switch (json['$weir']) {
      case 'integer':
        return BigInt(matching(json, 'value', INTEGER, 'an integer'))
      case 'float':
        return floatOf(json)
      case 'bytes':
        return this.bytes(json)
      case 'date':
        return new PlainDate(text(json, 'value'))
      case 'datetime':
        return momentOf(text(json, 'value'))
      case 'duration':
        return new Duration(number(json, 'seconds'))
      case 'step':
        return this.reference(json)
      case 'blob':
        return new Blob(
          text(json, 'digest'),
          number(json, 'size'),
          'mediaType' in json ? text(json, 'mediaType') : null,
        )
      default:
        return this.nested(json)
    }
  }

  private nested(json: JsonObject): unknown {
    switch (json['$weir']) {
      case 'set':
        return this.set(json)
      case 'tuple':
        return new Tuple(list(json, 'items').map((item) => this.decode(item)))
      case 'map':
        return new Map(list(json, 'entries').map((entry): [unknown, unknown] => this.entry(entry)))
      case 'object':
        return this.object(json)
      case 'stored':
        return this.decode(JSON.parse(this.body(json).toString()) as Json)
      case 'escaped':
        return this.escaped(json)
      default:
        throw new TypeError(`A value of the kind ${JSON.stringify(json['$weir'])} is not known here. Update the SDK.`)
    }
  }

  private set(json: JsonObject): Set<unknown> {
    const items = list(json, 'items')
    if (new Set(items.map((item) => JSON.stringify(item))).size !== items.length) {
      throw new TypeError('A set holds the same item twice.')
    }
    return new Set(items.map((item) => this.decode(item)))
  }

  private entry(json: Json): [unknown, unknown] {
    if (!Array.isArray(json) || json.length !== 2) throw new TypeError('A map has an entry that is no pair.')
    return [this.decode(json[0] as Json), this.decode(json[1] as Json)]
  }

  private object(json: JsonObject): unknown {
    const type = text(json, 'type')
    const value = this.decode(json['value'] as Json)
    const codec = codecNamed(type)
    return codec === undefined ? new Record(type, value) : codec.decode(value)
  }

  private escaped(json: JsonObject): unknown {
    const { value } = json
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      throw new TypeError('What is escaped is no object.')
    }
    return this.fields(value)
  }

  private reference(json: JsonObject): unknown {
    const ref = new StepRef(text(json, 'run'), text(json, 'step'))
    return this.decoding.resolve === undefined ? ref : this.decoding.resolve(ref)
  }

  private bytes(json: JsonObject): Uint8Array {
    const bytes = 'blob' in json ? this.body(json) : Buffer.from(matching(json, 'base64', BASE64, 'base64'), 'base64')
    return new Uint8Array(bytes)
  }

  private body(json: JsonObject): Buffer {
    const digest = checkDigest(text(json, 'blob'))
    const body = this.decoding.bodies?.get(digest)
    if (body === undefined) throw new Error(`The stored part ${digest} of a value was not loaded.`)
    return body
  }
}

function floatOf(json: JsonObject): number {
  const value = FLOATS[text(json, 'value')]
  if (value === undefined) throw new TypeError(`${JSON.stringify(json['value'])} is no float.`)
  return value
}

function momentOf(value: string): Date | PlainDateTime | ZonedDateTime {
  if (!/(Z|[+-]\d{2}:\d{2})$/.test(value)) return new PlainDateTime(value)
  const zoned = new ZonedDateTime(value)
  return DATE_LIKE.test(value) ? zoned.toDate() : zoned
}

function assetOf(json: JsonObject): Asset {
  const files = list(json, 'files').map((file): AssetFile => {
    if (file === null || typeof file !== 'object' || Array.isArray(file))
      throw new TypeError('A file of an asset is none.')
    return {
      path: text(file, 'path'),
      digest: text(file, 'digest'),
      size: number(file, 'size'),
      ...(file['executable'] === true ? { executable: true } : {}),
    }
  })
  return new Asset(text(json, 'name'), files)
}

function text(json: JsonObject, key: string): string {
  const value = json[key]
  if (typeof value !== 'string') throw wrong(json, key, 'a text')
  return value
}

function number(json: JsonObject, key: string): number {
  const value = json[key]
  if (typeof value !== 'number') throw wrong(json, key, 'a number')
  return value
}

function list(json: JsonObject, key: string): Json[] {
  const value = json[key]
  if (!Array.isArray(value)) throw wrong(json, key, 'a list')
  return value
}

function matching(json: JsonObject, key: string, pattern: RegExp, what: string): string {
  const value = text(json, key)
  if (!pattern.test(value))
    throw new TypeError(`${JSON.stringify(value.slice(0, 60))} is no ${what.replace(/^an? /, '')}.`)
  return value
}

function wrong(json: JsonObject, key: string, what: string): TypeError {
  const kind = typeof json['$weir'] === 'string' ? json['$weir'] : 'asset'
  return new TypeError(`A value of the kind "${kind}" needs ${what} in "${key}".`)
}
