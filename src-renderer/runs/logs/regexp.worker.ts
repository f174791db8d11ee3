/// <reference lib="webworker" />
import type { Tried, TryExpression } from './protocol.ts'
import { rangesOf } from './query.ts'

/** Tries an expression on texts. Whoever asks ends this worker when it does not answer: an expression can take forever. */
self.onmessage = ({ data }: MessageEvent<TryExpression>) => {
  const expression = new RegExp(data.source, data.flags)
  const test = new RegExp(data.source, data.flags.replace('g', ''))
  const hits = new Uint8Array(data.texts.length)
  for (const [index, text] of data.texts.entries()) hits[index] = test.test(text) ? 1 : 0
  const ranges = data.wantsRanges ? data.texts.map((text) => rangesOf(expression, text)) : null
  const answer: Tried = { id: data.id, hits, ranges }
  self.postMessage(answer, { transfer: [hits.buffer] })
}
