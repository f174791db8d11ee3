import { appendFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { executionFolder } from './folder.ts'
import { LOG_RECORD_BYTES, type LogStreamName } from './log-index.ts'
import { LogWriter } from './log-writer.ts'
import { type LogText, type ReadLogOptions, readLog } from './logs.ts'
import { type TestData, testData } from './test-job.ts'

let data: TestData
let count = 0
beforeEach(() => {
  data = testData()
})
afterEach(() => data[Symbol.dispose]())

function newRoot(): string {
  const root = join(data.root, `log-${count++}`)
  mkdirSync(root)
  return root
}

async function read(root: string, options: ReadLogOptions = {}): Promise<LogText[]> {
  const lines: LogText[] = []
  for await (const line of readLog(root, options)) lines.push(line)
  return lines
}

const texts = (lines: readonly LogText[]): string[] => lines.map(({ text }) => text)

async function write(root: string, chunks: readonly (readonly [LogStreamName, string | Uint8Array])[]): Promise<void> {
  const writer = await LogWriter.open(root)
  let at = 1000
  for (const [stream, bytes] of chunks) {
    void writer.append(stream, typeof bytes === 'string' ? Buffer.from(bytes) : bytes, at++)
  }
  await writer.close()
}

describe('lines', () => {
  it('come in the order of arrival, with the time at which they were complete', async () => {
    const root = newRoot()
    await write(root, [
      ['stdout', 'one\ntw'],
      ['stderr', 'oops\n'],
      ['stdout', 'o\nrest'],
    ])
    expect(await read(root)).toEqual([
      { at: 1000, stream: 'stdout', text: 'one' },
      { at: 1001, stream: 'stderr', text: 'oops' },
      { at: 1002, stream: 'stdout', text: 'two' },
      { at: 1002, stream: 'stdout', text: 'rest', partial: true },
    ])
    expect(texts(await read(root, { stream: 'stderr' }))).toEqual(['oops'])
  })

  it('keep characters that lie across chunks, and show bytes that are no UTF-8 as U+FFFD', async () => {
    const root = newRoot()
    const euro = Buffer.from('€')
    await write(root, [
      ['stdout', euro.subarray(0, 1)],
      ['stdout', euro.subarray(1)],
      ['stdout', Buffer.from([0x0a, 0xff, 0x41, 0x0a])],
    ])
    expect(texts(await read(root))).toEqual(['€', '\uFFFDA'])
  })

  it('of any length come in pieces of at most 64 KiB that lose nothing', async () => {
    const root = newRoot()
    const long = `${'ä'.repeat(50_000)}x${'b'.repeat(150_001)}`
    const short = 'after'
    await write(root, [['stdout', `${long}\r\n${short}\n${long}`]])
    const lines = await read(root)
    const split = lines.findIndex(({ text }) => text === short)
    expect(texts(lines.slice(0, split)).join('')).toBe(long)
    expect(texts(lines.slice(split + 1)).join('')).toBe(long)
    for (const { text } of lines) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(64 * 1024)
    expect(lines.map(({ partial }) => partial === true)).toEqual(lines.map((_, i) => i !== split - 1 && i !== split))
  })

  it('of a log that does not exist are none', async () => {
    expect(await read(join(data.root, 'nothing'))).toEqual([])
    expect(await read(join(data.root, 'nothing'), { tail: 3 })).toEqual([])
  })

  it('include bytes that no engine recorded', async () => {
    const root = newRoot()
    await write(root, [['stdout', 'recorded\n']])
    appendFileSync(executionFolder(root).stdout, 'not recorded\n')
    writeFileSync(executionFolder(root).stderr, 'neither\n')
    expect(texts(await read(root)).sort()).toEqual(['neither', 'not recorded', 'recorded'])
  })

  it('include remarks of the engine', async () => {
    const root = newRoot()
    const writer = LogWriter.fresh(root)
    await writer.note('pulls an image', 7)
    await writer.close()
    expect(await read(root)).toEqual([{ at: 7, stream: 'system', text: 'pulls an image' }])
  })
})

describe('secrets', () => {
  it('are hidden across chunks, in long lines, and line by line when they have several', async () => {
    const root = newRoot()
    const mask = ['hunter22', 'BEGIN KEY\nabcdefgh\nab\nEND KEY', 'hunter22-longer']
    const long = `${'x'.repeat(64 * 1024 - 4)}hunter22${'y'.repeat(70_000)}`
    await write(root, [
      ['stdout', 'a hunt'],
      ['stdout', 'er22 b\nabcdefgh\nab\n hunter22-longer\n'],
      ['stdout', long],
    ])
    const lines = texts(await read(root, { mask }))
    expect(lines.slice(0, 4)).toEqual(['a *** b', '***', 'ab', ' ***'])
    expect(lines.join('')).not.toContain('hunter')
    expect(lines.slice(4).join('')).toBe(long.replace('hunter22', '***'))
  })
})

describe('tail', () => {
  it('is the end of the whole log, for any log and any number of lines', async () => {
    const bytes = fc.oneof(
      { weight: 20, arbitrary: fc.string({ unit: fc.constantFrom('a', 'é', '\n', '\r\n', '🙂'), maxLength: 8 }) },
      { weight: 1, arbitrary: fc.integer({ min: 60_000, max: 150_000 }).map((length) => 'z'.repeat(length)) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 3000 }).map((n) => 'line\n'.repeat(n)) },
    )
    const chunks = fc.array(fc.tuple(fc.constantFrom<LogStreamName>('stdout', 'stderr', 'system'), bytes), {
      maxLength: 40,
    })
    await fc.assert(
      fc.asyncProperty(chunks, fc.integer({ min: 0, max: 12 }), async (log, tail) => {
        const root = newRoot()
        await write(root, log)
        const whole = await read(root)
        const found = await read(root, { tail })
        // A line that is cut into pieces may be cut elsewhere when its beginning is not read.
        if (whole.some(({ partial }) => partial === true)) expect(found.length).toBe(Math.min(tail, whole.length))
        else expect(found).toEqual(whole.slice(Math.max(0, whole.length - tail)))
      }),
      { numRuns: 80 },
    )
  })

  it('of a long log reads only its end', async () => {
    const root = newRoot()
    const writer = LogWriter.fresh(root)
    const block = Buffer.from('some line of a long log\n'.repeat(4000))
    for (let i = 0; i < 200; i++) await writer.append('stdout', block, i)
    await writer.append('stdout', Buffer.from('last but one\nlast\n'), 999)
    await writer.close()
    // Were the beginning read, it would be noticed: it is not there any more.
    const { stdout } = executionFolder(root)
    const bytes = readFileSync(stdout)
    bytes.fill(0x0a, 0, bytes.length - 2 * block.length)
    writeFileSync(stdout, bytes)
    expect(texts(await read(root, { tail: 3 }))).toEqual(['some line of a long log', 'last but one', 'last'])
  })
})

describe('follow', () => {
  it('waits for lines until the execution has ended, and gives each once', async () => {
    const root = newRoot()
    const writer = LogWriter.fresh(root)
    await writer.append('stdout', Buffer.from('old\nbefore\nha'), 1)
    let ended = false
    const seen: string[] = []
    const follow = { ended: () => ended, signal: new AbortController().signal }
    for await (const { text } of readLog(root, { tail: 1, follow })) {
      seen.push(text)
      if (text === 'before') await writer.append('stdout', Buffer.from('lf\nnext\n'), 2)
      if (text === 'next') {
        await writer.append('stderr', Buffer.from('no newline'), 3)
        await writer.close()
        ended = true
      }
    }
    expect(seen).toEqual(['before', 'half', 'next', 'no newline'])
  })

  it('begins before there is a folder, and ends when it is aborted', async () => {
    const root = join(data.root, 'later')
    const abort = new AbortController()
    const seen: string[] = []
    const reading = (async () => {
      for await (const { text } of readLog(root, { follow: { ended: () => false, signal: abort.signal } })) {
        seen.push(text)
        abort.abort()
      }
    })()
    mkdirSync(root)
    await write(root, [['stdout', 'first\n']])
    await reading
    expect(seen).toEqual(['first'])
  })
})

describe('a crash of the writer', () => {
  const step = fc.record({
    stream: fc.constantFrom<LogStreamName>('stdout', 'stderr', 'system'),
    text: fc.string({ unit: fc.constantFrom('x', 'ü', '\n'), minLength: 1, maxLength: 20 }),
    /** What the crash leaves: bytes cut off the index, then zeros, and bytes of the stream that were not recorded */
    crash: fc.option(fc.record({ torn: fc.nat(LOG_RECORD_BYTES - 1), zeros: fc.nat(80), unrecorded: fc.nat(5) })),
  })

  it('at any moment loses no recorded byte, and what is written again stands once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        const root = newRoot()
        const folder = executionFolder(root)
        const expected = { stdout: '', stderr: '', system: '', log: '' }
        let writer = await LogWriter.open(root)
        for (const { stream, text, crash } of steps) {
          const before = writer.recorded()
          await writer.append(stream, Buffer.from(text), 5)
          expected[stream] += text
          if (crash === null) continue
          await writer.close()
          appendFileSync(folder[stream], 'u'.repeat(crash.unrecorded))
          const size = readFileSync(folder.index).length
          if (crash.torn > 0) truncateSync(folder.index, size - crash.torn)
          appendFileSync(folder.index, Buffer.alloc(crash.zeros))
          writer = await LogWriter.open(root)
          if (crash.torn === 0) continue
          // The last record is gone: its bytes come again.
          expect(writer.recorded()).toEqual(before)
          await writer.append(stream, Buffer.from(text), 6)
        }
        for (const stream of ['stdout', 'stderr', 'system'] as const) {
          expect(writer.recorded()[stream]).toBe(Buffer.byteLength(expected[stream]))
        }
        await writer.append('stdout', Buffer.from('|'), 7)
        await writer.append('stderr', Buffer.from('|'), 7)
        await writer.append('system', Buffer.from('|'), 7)
        await writer.close()
        for (const stream of ['stdout', 'stderr', 'system'] as const) {
          expect(readFileSync(folder[stream], 'utf8')).toBe(`${expected[stream]}|`)
          const lines = await read(root, { stream })
          expect(texts(lines).join('\n')).toBe(`${expected[stream]}|`)
        }
      }),
      { numRuns: 100 },
    )
  })
})
