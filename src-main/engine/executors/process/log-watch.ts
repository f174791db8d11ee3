import { type FSWatcher, statSync, watch } from 'node:fs'
import type { ExecutionFolder } from '../folder.ts'
import { LogWriter } from '../log-writer.ts'

/** First look after the start: most quick steps have ended by then and need no watch at all. */
const FIRST_LOOK_MS = 20
/** While output comes: one record for each stream in this time, however many writes there were. */
const LOOK_MS = 10
/** Without output for so long, the file system is asked to wake us instead. */
const QUIET_MS = 1000
/** Even then we look this often, because a watch can be lost (full queues, network file systems). */
const SAFETY_LOOK_MS = 2000
const STREAMS = ['stdout', 'stderr'] as const

/**
 * Records in `log.index` how stdout.log and stderr.log grow. Only sizes are read, so a chatty command costs two `stat`
 * each 10 ms and not more. `onLook` is called at each look, also when nothing grew.
 */
export class LogWatch {
  readonly #folder: ExecutionFolder
  readonly #now: () => number
  readonly #onLook: () => void
  #writer: LogWriter | null
  #running: Promise<void> | null = null
  #stopped = false
  #wake: (() => void) | null = null

  /** `writer` null: an engine before this one may have recorded a part. */
  constructor(folder: ExecutionFolder, writer: LogWriter | null, now: () => number, onLook: () => void) {
    this.#folder = folder
    this.#writer = writer
    this.#now = now
    this.#onLook = onLook
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** Stops and closes, with all output recorded that is there now unless `record` is false. Never rejects. */
  async stop(record: boolean): Promise<void> {
    this.#stopped = true
    this.#wake?.()
    await this.#running
    if (record) await this.#record()
    await this.#giveUp()
  }

  async #run(): Promise<void> {
    let lastGrowth = Number.NEGATIVE_INFINITY
    await this.#pause(FIRST_LOOK_MS)
    while (!this.#stopped) {
      if (await this.#record()) lastGrowth = performance.now()
      this.#onLook()
      if (performance.now() - lastGrowth < QUIET_MS) await this.#pause(LOOK_MS)
      else await this.#change()
    }
  }

  /** True when something was new. What cannot be recorded now (a full disk) is tried again at the next look. */
  async #record(): Promise<boolean> {
    try {
      this.#writer ??= await LogWriter.open(this.#folder.root)
      const recorded = this.#writer.recorded()
      const at = this.#now()
      let grew = false
      for (const stream of STREAMS) {
        const size = sizeOf(this.#folder[stream])
        if (size <= recorded[stream]) continue
        await this.#writer.grown(stream, size, at)
        grew = true
      }
      return grew
    } catch {
      // The bytes are safe in their files; only the time of their arrival is lost. The next look opens the index anew.
      await this.#giveUp()
      return false
    }
  }

  async #giveUp(): Promise<void> {
    const writer = this.#writer
    this.#writer = null
    // An error here is the one that was met while recording.
    await writer?.close().catch(() => undefined)
  }

  /** Until something in the folder changes, at most SAFETY_LOOK_MS. */
  async #change(): Promise<void> {
    let watcher: FSWatcher | null = null
    try {
      watcher = watch(this.#folder.root, () => this.#wake?.())
      watcher.on('error', () => this.#wake?.())
    } catch {
      // No watches left, or not supported here: the safety look alone does then.
    }
    // What came between the last look and the watch would wake nobody.
    const missed = watcher !== null && this.#hasGrown()
    if (!missed) await this.#pause(SAFETY_LOOK_MS)
    watcher?.close()
  }

  #hasGrown(): boolean {
    const recorded = this.#writer?.recorded()
    return recorded === undefined || STREAMS.some((stream) => sizeOf(this.#folder[stream]) > recorded[stream])
  }

  async #pause(ms: number): Promise<void> {
    if (this.#stopped) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = null
  }
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0
