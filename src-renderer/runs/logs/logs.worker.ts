/// <reference lib="webworker" />
import type { Tryer } from './expressions.ts'
import type { ToWorker, Tried } from './protocol.ts'
import { readInto } from './reading.ts'
import { LogSession } from './session.ts'

/** Before an engine that went away is asked again. */
const RETRY_MS = 700

/** Behind the messages that wait. Not a timer: those of a worker are never called before 4 ms, which is most of a search. */
const ticks = new MessageChannel()
const ticked: (() => void)[] = []
ticks.port1.onmessage = () => ticked.shift()?.()
const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    ticked.push(resolve)
    ticks.port2.postMessage(null)
  })

const session = new LogSession({
  post: (message) => self.postMessage(message),
  read: readInto,
  makeTryer,
  pause: () => new Promise((resolve) => setTimeout(resolve, RETRY_MS)),
  breathe,
})

function makeTryer(): Tryer {
  const worker = new Worker(new URL('./regexp.worker.ts', import.meta.url), { type: 'module' })
  const tryer: Tryer = {
    onmessage: null,
    postMessage: (message, transfer) => worker.postMessage(message, transfer),
    terminate: () => worker.terminate(),
  }
  worker.onmessage = ({ data }: MessageEvent<Tried>) => tryer.onmessage?.({ data })
  return tryer
}

self.onmessage = ({ data }: MessageEvent<ToWorker>) => session.receive(data)
