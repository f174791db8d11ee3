import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/** What a process prints before it has an execution, e.g. while modules are loaded: kept up to so many characters. */
const EARLY_CHARACTERS = 64 * 1024

/**
 * The output of an executor on one of its streams, up to the mark that it sets behind its execution. Text is never cut
 * inside of a character.
 */
export class Output {
  private readonly stream: Readable
  private readonly marker: string
  private readonly decoder = new StringDecoder('utf8')
  private early = ''
  private tail = ''
  private sink: ((text: string) => void) | null = null
  private resolveEnd: () => void = () => undefined
  /** Resolves at the mark, or when the stream ends */
  readonly ended = new Promise<void>((resolve) => {
    this.resolveEnd = resolve
  })

  constructor(stream: Readable, marker: string) {
    this.stream = stream
    this.marker = marker
    stream.on('data', (chunk: Buffer) => this.take(this.decoder.write(chunk)))
    stream.once('close', () => {
      this.emit(this.tail + this.decoder.end())
      this.tail = ''
      this.resolveEnd()
    })
    stream.on('error', () => this.resolveEnd())
  }

  /** Hands over what was printed so far, and all that comes. */
  to(sink: (text: string) => void): void {
    this.sink = sink
    if (this.early !== '') sink(this.early)
    this.early = ''
  }

  pause(): void {
    this.stream.pause()
  }

  resume(): void {
    this.stream.resume()
  }

  private take(text: string): void {
    const all = this.tail + text
    const end = all.indexOf(this.marker)
    if (end !== -1) {
      this.tail = ''
      this.emit(all.slice(0, end))
      this.resolveEnd()
      return
    }
    const start = all.lastIndexOf('\0') // the mark begins with it, and hardly anything else
    const isBegun = start !== -1 && this.marker.startsWith(all.slice(start))
    this.tail = isBegun ? all.slice(start) : ''
    this.emit(isBegun ? all.slice(0, start) : all)
  }

  private emit(text: string): void {
    if (text === '') return
    if (this.sink !== null) this.sink(text)
    else this.early = (this.early + text).slice(-EARLY_CHARACTERS)
  }
}
