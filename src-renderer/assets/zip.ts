/**
 * Packs files into a zip without compressing them: what is saved here was mostly compressed before (pictures, archives)
 * or is small. Written here, because a packer for streams needs Node, and this takes one table and three records.
 */
export interface Packed {
  readonly path: string
  readonly body: Blob
}

/** Without the 64-bit form, a zip and its count of files end here. */
export const MAX_ZIP_BYTES = 0xffffffff - 0x1000000
export const MAX_ZIP_FILES = 0xffff

const UTF8_NAMES = 0x0800
const VERSION = 20
/** 1 January 1980, the first day that a zip can tell: the same files make the same zip. */
const FIRST_DAY = 0x21

const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value
})

export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before
  for (const byte of bytes) crc = (table[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8)
  return ~crc >>> 0
}

async function crcOf(body: Blob): Promise<number> {
  const reader = body.stream().getReader()
  let crc = 0
  for (let next = await reader.read(); !next.done; next = await reader.read()) crc = crc32(next.value, crc)
  return crc
}

/** What the record in front of a file and the one in the list at the end have in common. */
function common(view: DataView, at: number, crc: number, size: number, nameLength: number): void {
  view.setUint16(at, VERSION, true)
  view.setUint16(at + 2, UTF8_NAMES, true)
  view.setUint16(at + 8, FIRST_DAY, true)
  view.setUint32(at + 10, crc, true)
  view.setUint32(at + 14, size, true)
  view.setUint32(at + 18, size, true)
  view.setUint16(at + 22, nameLength, true)
}

export async function zipOf(files: AsyncIterable<Packed>): Promise<Blob> {
  const parts: BlobPart[] = []
  const list: BlobPart[] = []
  let at = 0
  let listSize = 0
  let count = 0
  for await (const { path, body } of files) {
    const name = new TextEncoder().encode(path)
    const crc = await crcOf(body)
    const local = new DataView(new ArrayBuffer(30))
    local.setUint32(0, 0x04034b50, true)
    common(local, 4, crc, body.size, name.length)
    const central = new DataView(new ArrayBuffer(46))
    central.setUint32(0, 0x02014b50, true)
    central.setUint16(4, VERSION, true)
    common(central, 6, crc, body.size, name.length)
    central.setUint32(42, at, true)
    parts.push(local, name, body)
    list.push(central, name)
    at += local.byteLength + name.length + body.size
    listSize += central.byteLength + name.length
    count += 1
  }
  const end = new DataView(new ArrayBuffer(22))
  end.setUint32(0, 0x06054b50, true)
  end.setUint16(8, count, true)
  end.setUint16(10, count, true)
  end.setUint32(12, listSize, true)
  end.setUint32(16, at, true)
  return new Blob([...parts, ...list, end], { type: 'application/zip' })
}
