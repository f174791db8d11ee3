/// <reference lib="webworker" />
import { tried } from './packed.ts'
import type { TryExpression } from './protocol.ts'

/** Tries an expression on texts. Whoever asks ends this worker when it does not answer: an expression can take forever. */
self.onmessage = ({ data }: MessageEvent<TryExpression>) => self.postMessage(tried(data))
