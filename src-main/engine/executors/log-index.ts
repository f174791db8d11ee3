import type { FileHandle } from 'node:fs/promises'
import type { ExecutionFolder } from './folder.ts'

/**
 * `log.index` says which bytes of which stream came when; the bytes themselves stay in the file of the stream as they
 * were written. It is a sequence of records of 32 bytes, big-endian, in the order of arrival:
 *
 *   0   u8   stream: 1 stdout, 2 stderr, 3 system
 *   1   u8   version of the format, 1
 *   2   u48  time of arrival, ms since 1970
 *   8   u48  end of stdout after this record, bytes from its beginning
 *   14  u48  end of stderr
 *   20  u48  end of system
 *   26  u48  length in bytes: the record covers [end - length, end) of its stream
 *
 * Once there are structured lines (log-structured.ts), which only code writes, records are of version 2 and have a place
 * for their end: from byte 8 on four ends as u40 (stdout, stderr, system, log), then u32, the length.
 *
 * All ends stand in every record, so that the last one tells how far each stream was recorded, and the log can be read
 * backwards. A crash can leave a torn or zeroed tail: records are taken up to the first that makes no sense.
 */
export const LOG_RECORD_BYTES = 32
const FORMAT_VERSION = 1
const FORMAT_WITH_LOG = 2

export const LOG_STREAMS = ['stdout', 'stderr', 'system', 'log'] as const
const FIRST_STREAMS = ['stdout', 'stderr', 'system'] as const
export type LogStreamName = (typeof LOG_STREAMS)[number]
export type LogEnds = Record<LogStreamName, number>

export interface LogRecord {
  readonly stream: LogStreamName
  readonly at: number
  readonly length: number
  /** Bytes of each stream up to and with this record */
  readonly ends: Readonly<LogEnds>
}

export const emptyLog = (): LogEnds => ({ stdout: 0, stderr: 0, system: 0, log: 0 })

export const streamFile = (folder: ExecutionFolder, stream: LogStreamName): string => folder[stream]

export function encodeRecord(record: LogRecord): Buffer {
  const bytes = Buffer.alloc(LOG_RECORD_BYTES)
  bytes.writeUInt8(LOG_STREAMS.indexOf(record.stream) + 1, 0)
  bytes.writeUIntBE(record.at, 2, 6)
  if (record.ends.log > 0) {
    bytes.writeUInt8(FORMAT_WITH_LOG, 1)
    LOG_STREAMS.forEach((stream, i) => {
      bytes.writeUIntBE(record.ends[stream], 8 + 5 * i, 5)
    })
    bytes.writeUInt32BE(record.length, 28)
    return bytes
  }
  bytes.writeUInt8(FORMAT_VERSION, 1)
  FIRST_STREAMS.forEach((stream, i) => {
    bytes.writeUIntBE(record.ends[stream], 8 + 6 * i, 6)
  })
  bytes.writeUIntBE(record.length, 26, 6)
  return bytes
}

/** The record at `offset`, or null when what is there cannot be one. */
export function decodeRecord(bytes: Buffer, offset: number): LogRecord | null {
  if (offset + LOG_RECORD_BYTES > bytes.length) return null
  const stream = LOG_STREAMS[bytes.readUInt8(offset) - 1]
  const version = bytes.readUInt8(offset + 1)
  if (stream === undefined || (version !== FORMAT_VERSION && version !== FORMAT_WITH_LOG)) return null
  const width = version === FORMAT_VERSION ? 6 : 5
  const end = (place: number): number => bytes.readUIntBE(offset + 8 + width * place, width)
  const ends = { stdout: end(0), stderr: end(1), system: end(2), log: version === FORMAT_VERSION ? 0 : end(3) }
  const length = version === FORMAT_VERSION ? bytes.readUIntBE(offset + 26, 6) : bytes.readUInt32BE(offset + 28)
  if (length === 0 || length > ends[stream]) return null
  return { stream, at: bytes.readUIntBE(offset + 2, 6), length, ends }
}

/**
 * Number of sound records in an index of `size` bytes. Looks from the end, because only a tail can be damaged: files
 * are appended to, and a crash loses or zeroes what came last.
 */
export async function countRecords(index: FileHandle, size: number): Promise<number> {
  const record = Buffer.alloc(LOG_RECORD_BYTES)
  for (let count = Math.floor(size / LOG_RECORD_BYTES); count > 0; count--) {
    const { bytesRead } = await index.read(record, 0, LOG_RECORD_BYTES, (count - 1) * LOG_RECORD_BYTES)
    if (bytesRead === LOG_RECORD_BYTES && decodeRecord(record, 0) !== null) return count
  }
  return 0
}

/** Up to `limit` records from number `from` on. Fewer when the index ends, or goes on with something that is none. */
export async function readRecords(index: FileHandle, from: number, limit: number): Promise<LogRecord[]> {
  const bytes = Buffer.allocUnsafe(limit * LOG_RECORD_BYTES)
  const { bytesRead } = await index.read(bytes, 0, bytes.length, from * LOG_RECORD_BYTES)
  const records: LogRecord[] = []
  for (let offset = 0; offset + LOG_RECORD_BYTES <= bytesRead; offset += LOG_RECORD_BYTES) {
    const record = decodeRecord(bytes, offset)
    if (record === null) break
    records.push(record)
  }
  return records
}
