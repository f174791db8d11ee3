import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** A file is put aside when it reaches this size. */
const FILE_LIMIT_BYTES = 10 * 1024 * 1024
/** How many files are kept beside the current one: engine.log.1 (newest) … engine.log.4. */
const KEPT_FILES = 4
/** Lines wait for the end of the turn of the event loop, or until there is this much of them. */
const BUFFER_LIMIT_CHARS = 64 * 1024

/**
 * An append-only file that never grows without bound. Lines of one turn of the event loop are written in one call; a disk
 * that refuses them (full, read-only) costs log lines, never the engine: how many were lost is said when it works again.
 */
export class RotatingFile {
  readonly #path: string
  readonly #limit: number
  #descriptor: number | null = null
  #size = 0
  #buffer = ''
  #buffered = 0
  #lost = 0
  #flushing: NodeJS.Immediate | null = null

  constructor(path: string, limit: number = FILE_LIMIT_BYTES) {
    this.#path = path
    this.#limit = limit
  }

  /** Takes one line with its end. */
  write(line: string): void {
    this.#buffer += line
    this.#buffered += 1
    if (this.#buffer.length >= BUFFER_LIMIT_CHARS) this.flush()
    else this.#flushing ??= setImmediate(() => this.flush())
  }

  /** Writes what waits. Call it before the process ends. */
  flush(): void {
    if (this.#flushing !== null) clearImmediate(this.#flushing)
    this.#flushing = null
    if (this.#buffer === '') return
    const lines = this.#buffer
    const count = this.#buffered
    this.#buffer = ''
    this.#buffered = 0
    try {
      this.#append(lines)
    } catch {
      // Nowhere to report it to: the log is what failed. It is counted and said later.
      this.#lost += count
      this.#close()
    }
  }

  close(): void {
    this.flush()
    this.#close()
  }

  #append(lines: string): void {
    const notice =
      this.#lost === 0
        ? ''
        : `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), msg: `${this.#lost} log lines could not be written` })}\n`
    const bytes = Buffer.from(notice + lines)
    if (this.#descriptor !== null && this.#size + bytes.length > this.#limit) this.#rotate()
    this.#descriptor ??= this.#open()
    let written = 0
    while (written < bytes.length) written += writeSync(this.#descriptor, bytes, written)
    this.#size += bytes.length
    this.#lost = 0
  }

  #open(): number {
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 })
    const descriptor = openSync(this.#path, 'a', 0o600)
    this.#size = fstatSync(descriptor).size
    return descriptor
  }

  #rotate(): void {
    this.#close()
    rmSync(`${this.#path}.${KEPT_FILES}`, { force: true })
    for (let index = KEPT_FILES - 1; index >= 0; index -= 1) {
      const from = index === 0 ? this.#path : `${this.#path}.${index}`
      renameIfThere(from, `${this.#path}.${index + 1}`)
    }
  }

  #close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor)
    this.#descriptor = null
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}
