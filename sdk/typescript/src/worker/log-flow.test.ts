import { readFileSync } from 'node:fs'
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
    sendValues: () => undefined,
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
  const flow = new LogFlow({
    send: (lines) => sent.push(lines),
    sendValues: () => undefined,
    hold: () => undefined,
    release: () => undefined,
  })
  flow.output('stdout', '€'.repeat(500_000))
  flow.flush()
  expect(sent.flat()[0]?.[2]).toMatch(/… \(500000 characters\)$/)
})

test('lines lead as far as the vectors say', () => {
  const file = new URL('../../../vectors/logs.json', import.meta.url)
  const vectors = JSON.parse(readFileSync(file, 'utf8')) as { lines: { line: LogLine; length: number }[] }
  const places: number[] = []
  const flow = new LogFlow({
    send: (_lines, from) => places.push(from),
    sendValues: () => undefined,
    hold: () => undefined,
    release: () => undefined,
  })
  let place = 0
  const expected = vectors.lines.map(({ line, length }) => {
    flow.add(line)
    flow.flush()
    place += length
    return place - length
  })
  expect(places).toEqual(expected)
})

test('what has no answer is sent again after a break, from where the answers ended', () => {
  const sent: [from: number, texts: string[]][] = []
  const values: [from: number, xs: (number | null)[]][] = []
  const flow = new LogFlow({
    send: (lines, from) => sent.push([from, lines.map(([, , text]) => text)]),
    sendValues: (some, from) => values.push([from, some.map(([, , , x]) => x)]),
    hold: () => undefined,
    release: () => undefined,
  })
  const say = (...texts: string[]): void => {
    for (const text of texts) flow.output('stdout', text)
    flow.flush()
  }
  say('größe\n')
  flow.add([1, 'info', '', { n: 1 }])
  flow.flush()
  say('b', 'c')
  flow.measured([0, 1, 2].map((x) => [1, 'loss', 0.5, x]))
  flow.flush()
  flow.logged(8)
  flow.logged(0, 2)
  flow.reset()
  flow.logged(0)
  flow.reset()
  expect(sent).toEqual([
    [0, ['größe\n']],
    [8, ['']],
    [9, ['b', 'c']],
    [8, ['', 'b', 'c']],
    // All of one message have one answer.
    [8, ['', 'b', 'c']],
  ])
  expect(values).toEqual([
    [0, [0, 1, 2]],
    [2, [2]],
    [2, [2]],
  ])
  flow.logged(2)
  expect(flow.isConfirmed).toBe(false)
  flow.logged(0, 1)
  expect(flow.isConfirmed).toBe(true)
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
