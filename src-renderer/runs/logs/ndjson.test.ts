import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LogLine } from '../../../src-shared/contract/index.ts'
import { LogParser } from './ndjson.ts'
import { LogFull, LogStore } from './store.ts'

const line = (text: string, more: Partial<LogLine> = {}): LogLine => ({
  at: '2026-11-21T10:00:00.000Z',
  step: 'fit',
  attempt: 1,
  stream: 'stdout',
  text,
  ...more,
})

const encoded = (lines: readonly LogLine[]): Uint8Array =>
  new TextEncoder().encode(lines.map((one) => `${JSON.stringify(one)}\n`).join(''))

function read(bytes: Uint8Array, size: number): LogStore {
  const store = new LogStore()
  const parser = new LogParser(store)
  for (let at = 0; at < bytes.length; at += size) parser.push(bytes.subarray(at, at + size))
  parser.end()
  return store
}

const linesOf = (store: LogStore): LogLine[] =>
  Array.from({ length: store.count }, (_, index) => {
    const source = store.sources[store.source(index)]
    return {
      at: new Date(store.at(index)).toISOString(),
      step: source?.step ?? '',
      attempt: source?.attempt ?? 0,
      stream: store.stream(index),
      text: store.text(index),
      ...(store.isPartial(index) ? { partial: true } : {}),
    }
  })

const anyLine: fc.Arbitrary<LogLine> = fc
  .record({
    at: fc.constantFrom('2026-11-21T10:00:00.000Z', '2026-11-21T10:00:00.001Z'),
    step: fc.constantFrom('fit', 'clean[3]', 'text'),
    attempt: fc.integer({ min: 1, max: 3 }),
    stream: fc.constantFrom('stdout' as const, 'stderr' as const, 'system' as const),
    text: fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.constantFrom('', '"}', '\\', '","text":"x"}', '\u0000\u001b[31m', 'é\u202e', '{"at":1}', 'tab\tand\rreturn'),
    ),
    partial: fc.boolean(),
  })
  .map(({ partial, ...rest }) => (partial ? { ...rest, partial } : rest))

describe('a stream of lines', () => {
  test('is stored line by line, wherever its pieces end', () => {
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 30 }), fc.integer({ min: 1, max: 97 }), (lines, size) => {
        expect(linesOf(read(encoded(lines), size))).toEqual(lines)
      }),
    )
  })

  test('may end without a line end', () => {
    const bytes = encoded([line('a'), line('b')])
    expect(linesOf(read(bytes.subarray(0, -1), 1000)).map(({ text }) => text)).toEqual(['a', 'b'])
  })

  test('takes fields that are not known yet, and lines written in another order', () => {
    const text = [
      '{"at":"2026-11-21T10:00:00.000Z","step":"fit","attempt":1,"stream":"stdout","text":"a"}',
      '{"at":"2026-11-21T10:00:00.000Z","step":"fit","attempt":1,"stream":"stdout","text":"a","level":"warn"}',
      '{"text":"b","stream":"stderr","attempt":2,"step":"fit","at":"2026-11-21T10:00:00.000Z"}',
      '',
      '{"at":"2026-11-21T10:00:00.000Z","step":"fit","attempt":1,"stream":"stdout","text":"c"}',
    ].join('\n')
    const store = read(new TextEncoder().encode(text), 13)
    expect(linesOf(store)).toEqual([line('a'), line('a'), line('b', { stream: 'stderr', attempt: 2 }), line('c')])
  })

  test('long lines, and lines that are marked special', () => {
    const long = 'é'.repeat(32 * 1024)
    const store = read(encoded([line(long, { partial: true }), line('end'), line('\u001b[1mx'), line('y')]), 64 * 1024)
    expect(store.text(0)).toBe(long)
    expect([0, 1, 2, 3].map((index) => store.isSpecial(index))).toEqual([false, false, true, false])
    expect([store.goesOn(0), store.goesOn(1)]).toEqual([true, false])
  })

  test('bytes that are not UTF-8 become signs, not errors', () => {
    const bytes = encoded([line('aXb'), line('aXb')]).map((byte) => (byte === 0x58 ? 0xff : byte))
    expect(linesOf(read(bytes, 50)).map(({ text }) => text)).toEqual(['a\ufffdb', 'a\ufffdb'])
  })

  test.each([
    'nonsense',
    '[]',
    '{}',
    '{"at":1,"step":"a","attempt":1,"stream":"stdout","text":"x"}',
    '{"at":"2026-11-21T10:00:00.000Z","step":"a","attempt":1,"stream":"other","text":"x"}',
  ])('refuses what is no line: %s', (text) => {
    expect(() => read(new TextEncoder().encode(`${text}\n`), 100)).toThrow(/not a line of a log/)
  })

  test('refuses a line that never ends', () => {
    const parser = new LogParser(new LogStore())
    const piece = new Uint8Array(1024 * 1024).fill(0x20)
    expect(() => {
      for (let count = 0; count < 20; count += 1) parser.push(piece)
    }).toThrow(/no end/)
  })
})

describe('the store', () => {
  test('keeps a hundred thousand lines in little more than their bytes', () => {
    const lines = Array.from({ length: 100_000 }, (_, index) => line(`line ${index} of a long log`))
    const store = read(encoded(lines), 256 * 1024)
    expect(store.count).toBe(lines.length)
    expect([0, 65_535, 65_536, 99_999].map((index) => store.text(index))).toEqual(
      [0, 65_535, 65_536, 99_999].map((index) => `line ${index} of a long log`),
    )
    expect(store.memory).toBeLessThan(store.textBytes + 30 * 2 * 65_536 + 4 * 1024 * 1024)
  })

  test('says when it is full, before the browser does', () => {
    const store = new LogStore(1000)
    const parser = new LogParser(store)
    const push = (): void => {
      for (let count = 0; count < 10_000; count += 1) parser.push(encoded([line('x'.repeat(1000))]))
    }
    expect(push).toThrow(LogFull)
    expect(store.text(store.count - 1)).toBe('x'.repeat(1000))
  })
})

describe('lines that code logged', () => {
  test('are shown with their level before and their fields behind, and are found by level', () => {
    const store = read(
      encoded([
        line('loss grows', { stream: 'log', level: 'warning', fields: { epoch: 3 } }),
        line('split', { stream: 'log', level: 'debug' }),
        line('plain'),
      ]),
      64,
    )
    expect([0, 1, 2].map((index) => store.text(index))).toEqual([
      '\u001b[33mwarning\u001b[0m loss grows \u001b[2m{"epoch":3}\u001b[0m',
      '\u001b[2mdebug  \u001b[0m split',
      'plain',
    ])
    expect([store.level(0), store.level(1)]).toEqual([2, 0])
  })
})
