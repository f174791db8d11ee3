import { ProblemError } from '../../../src-shared/contract/index.ts'

/** Writes the old and plain kind of archive (POSIX ustar), which every system can unpack. */

export interface TarEntry {
  /** Relative, with forward slashes */
  readonly path: string
  readonly body: Uint8Array<ArrayBuffer>
  readonly isExecutable?: boolean
}

const BLOCK = 512
const NAME_BYTES = 100
const PREFIX_BYTES = 155
const FILE_MODE = 0o644
const EXECUTABLE_MODE = 0o755

/** @param at ms since 1970, the time of all files */
export function tarOf(entries: readonly TarEntry[], at: number): Blob {
  const parts: BlobPart[] = []
  for (const entry of entries) {
    const [prefix, name] = splitPath(entry.path)
    parts.push(header(prefix, name, entry, at), entry.body)
    const rest = entry.body.length % BLOCK
    if (rest > 0) parts.push(new Uint8Array(BLOCK - rest))
  }
  parts.push(new Uint8Array(2 * BLOCK))
  return new Blob(parts, { type: 'application/x-tar' })
}

const encoder = new TextEncoder()

/** Long paths are kept in two fields, cut at a slash. */
function splitPath(path: string): readonly [Uint8Array, Uint8Array] {
  const whole = encoder.encode(path)
  if (whole.length <= NAME_BYTES) return [new Uint8Array(), whole]
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
    const prefix = encoder.encode(path.slice(0, at))
    const name = encoder.encode(path.slice(at + 1))
    if (prefix.length <= PREFIX_BYTES && name.length <= NAME_BYTES) return [prefix, name]
  }
  throw new ProblemError('bad_request', `The path ${path} is too long for an archive.`, {
    fix: 'Export the YAML alone, and copy the files by hand.',
  })
}

function header(prefix: Uint8Array, name: Uint8Array, entry: TarEntry, at: number): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(BLOCK)
  const put = (offset: number, text: string): void => block.set(encoder.encode(text), offset)
  const octal = (offset: number, width: number, value: number): void =>
    put(offset, value.toString(8).padStart(width - 1, '0'))
  block.set(name, 0)
  octal(100, 8, entry.isExecutable === true ? EXECUTABLE_MODE : FILE_MODE)
  octal(108, 8, 0)
  octal(116, 8, 0)
  octal(124, 12, entry.body.length)
  octal(136, 12, Math.floor(at / 1000))
  put(148, '        ')
  put(156, '0')
  put(257, 'ustar\u000000')
  block.set(prefix, 345)
  const sum = block.reduce((total, byte) => total + byte, 0)
  put(148, `${sum.toString(8).padStart(6, '0')}\u0000 `)
  return block
}
