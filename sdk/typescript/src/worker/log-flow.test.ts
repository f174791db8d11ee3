import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { LOG_WINDOW_BYTES, type LogLine } from '../protocol.ts'
import { LogFlow } from './log-flow.ts'
import { Output } from './output.ts'

test('a flow sends what there is room for, and holds back what makes lines', () => {
  const sent: LogLine[][] = []
  const states: string[] = []
  const flow = new LogFlow({
    send: (lines) => sent.push(lines),
    hold: () => states.push('hold'),
    release: () => states.push('release'),
  })
  const text = 'x'.repeat(100_000)
  for (let at = 0; at < 15; at += 1) flow.output('stdout', text)
  flow.flush()
  const bytes = (): number => sent.flat().reduce((sum, [, , line]) => sum + line.length, 0)
  expect(bytes()).toBeLessThanOrEqual(LOG_WINDOW_BYTES)
  expect(bytes()).toBe(1_000_000)
  expect([states, flow.isEmpty]).toEqual([['hold'], false])
  flow.logged(600_000)
  expect(bytes()).toBe(1_500_000)
  expect([states, flow.isEmpty]).toEqual([['hold', 'release'], true])
})

test('a line that alone is longer than the window is sent all the same', () => {
  const sent: LogLine[][] = []
  const flow = new LogFlow({ send: (lines) => sent.push(lines), hold: () => undefined, release: () => undefined })
  flow.output('stdout', '€'.repeat(500_000))
  flow.flush()
  expect(sent.flat()[0]?.[2]).toMatch(/… \(500000 characters\)$/)
})

test('output ends at the mark, wherever the pieces are cut, and never inside of a character', async () => {
  const marker = '\0weir-end:abc\0'
  const bytes = Buffer.from(`ä\0b 世界 🌍\n${marker}`)
  for (let size = 1; size < 9; size += 1) {
    const stream = new PassThrough()
    const output = new Output(stream, marker)
    let text = ''
    for (let at = 0; at < bytes.length; at += size) {
      stream.write(bytes.subarray(at, at + size))
      if (at === 0) output.to((piece) => (text += piece))
    }
    await output.ended
    expect(text).toBe('ä\0b 世界 🌍\n')
  }
})
