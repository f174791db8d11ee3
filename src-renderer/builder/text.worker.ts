import { readDefinition } from './reading.ts'
import { operate } from './text-operation.ts'
import type { TextAnswer, TextTask } from './text-tasks.ts'

/** Reads and changes large texts beside the main thread. */
self.addEventListener('message', ({ data }: MessageEvent<TextTask>) => {
  let answer: TextAnswer
  try {
    const source = data.operation === null ? data.source : operate(data.source, data.operation)
    answer = { id: data.id, reading: readDefinition(source), error: null }
  } catch (error) {
    answer = { id: data.id, reading: null, error: error instanceof Error ? error.message : String(error) }
  }
  self.postMessage(answer)
})
