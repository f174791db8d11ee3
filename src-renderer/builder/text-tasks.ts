import type { Edit } from '../../src-shared/definition/index.ts'
import { quickEdit } from './quick-edit.ts'
import { type Reading, readDefinition } from './reading.ts'
import { operate, type TextOperation } from './text-operation.ts'

export interface TextTask {
  readonly id: number
  readonly source: string
  readonly operation: TextOperation | null
}

export interface TextAnswer {
  readonly id: number
  readonly reading: Reading | null
  readonly error: string | null
}

/** Reads and changes texts: small ones at once, large ones in a worker. */
export interface TextWork {
  /** The answer, or null when it comes later through `onAnswer` */
  read(source: string, onAnswer: (reading: Reading) => void): Reading | null
  /** @throws Error when the text cannot be changed */
  change(before: Reading, operation: TextOperation): Reading | Promise<Reading>
  close(): void
}

/** Characters that are read on the main thread: about 30 ms. */
const AT_ONCE = 32_000

export function createTextWork(startWorker: () => Worker): TextWork {
  let worker: Worker | null = null
  let count = 0
  const waiting = new Map<number, (answer: TextAnswer) => void>()
  const later: { source: string; onAnswer: (reading: Reading) => void }[] = []
  let isReading = false

  const ask = (source: string, operation: TextOperation | null, onAnswer: (answer: TextAnswer) => void): void => {
    if (worker === null) {
      worker = startWorker()
      worker.onmessage = ({ data }: MessageEvent<TextAnswer>) => {
        const answered = waiting.get(data.id)
        waiting.delete(data.id)
        answered?.(data)
      }
    }
    count += 1
    waiting.set(count, onAnswer)
    worker.postMessage({ id: count, source, operation } satisfies TextTask)
  }

  /** Only the newest text is worth reading: those that came while the worker was busy are skipped. */
  const readNext = (): void => {
    const next = later.pop()
    later.length = 0
    if (next === undefined) return
    isReading = true
    ask(next.source, null, ({ reading }) => {
      isReading = false
      if (reading !== null) next.onAnswer(reading)
      readNext()
    })
  }

  return {
    read(source, onAnswer) {
      if (source.length <= AT_ONCE) return readDefinition(source)
      later.push({ source, onAnswer })
      if (!isReading) readNext()
      return null
    },
    change(before, operation) {
      if (operation.kind === 'edits') {
        const reading = before.source.length > AT_ONCE ? quickly(before, operation.edits) : null
        if (reading !== null) return reading
      }
      if (before.source.length <= AT_ONCE) return readDefinition(operate(before.source, operation))
      return new Promise((resolve, reject) => {
        ask(before.source, operation, ({ reading, error }) => {
          if (reading !== null) resolve(reading)
          else reject(new Error(error ?? 'The text could not be changed.'))
        })
      })
    },
    close() {
      worker?.terminate()
      worker = null
      waiting.clear()
    },
  }
}

function quickly(before: Reading, edits: readonly Edit[]): Reading | null {
  let reading: Reading | null = before
  for (const edit of edits) {
    if (reading === null) return null
    reading = quickEdit(reading, edit)
  }
  return reading
}
