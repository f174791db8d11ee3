/// <reference lib="webworker" />
import type { Tryer } from './expressions.ts'
import type { ToWorker, Tried } from './protocol.ts'
import { readInto } from './reading.ts'
import { LogSession } from './session.ts'

/** Before an engine that went away is asked again. */
const RETRY_MS = 700

const session = new LogSession({
  post: (message) => self.postMessage(message),
  read: readInto,
  makeTryer,
  pause: () => new Promise((resolve) => setTimeout(resolve, RETRY_MS)),
  breathe: () => new Promise((resolve) => setTimeout(resolve)),
})

function makeTryer(): Tryer {
  const worker = new Worker(new URL('./regexp.worker.ts', import.meta.url), { type: 'module' })
  const tryer: Tryer = {
    onmessage: null,
    postMessage: (message) => worker.postMessage(message),
    terminate: () => worker.terminate(),
  }
  worker.onmessage = ({ data }: MessageEvent<Tried>) => tryer.onmessage?.({ data })
  return tryer
}

self.onmessage = ({ data }: MessageEvent<ToWorker>) => session.receive(data)
