import { expect, it } from 'vitest'
import type { LogLine } from '../../src-shared/contract/index.ts'
import type { Session } from './connect.ts'
import { eventText } from './events-actions.ts'
import { followLogs, LineMemory, logText } from './run-logs.ts'
import { at, plain } from './sample-runs.test-data.ts'

const line = (text: string, seconds: number, fields: Partial<LogLine> = {}): LogLine => ({
  at: at(seconds),
  step: 'fit',
  attempt: 1,
  stream: 'stdout',
  text,
  ...fields,
})

it('prefixes lines of several steps, and names further attempts', () => {
  expect(logText(line('loss 0.3', 0), { timestamps: false, prefixed: true }, plain)).toBe('fit | loss 0.3')
  expect(logText(line('x', 0, { attempt: 2 }), { timestamps: false, prefixed: true }, plain)).toBe('fit#2 | x')
  expect(logText(line('x', 0), { timestamps: false, prefixed: false }, plain)).toBe('x')
  expect(logText(line('x', 0), { timestamps: true, prefixed: false }, plain)).toMatch(
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}x$/,
  )
})

it('tells each line once, though the stream is cut and read again from the start', () => {
  const all = [line('a', 1), line('b', 1), line('c', 1), line('d', 2), line('e', 1, { step: 'trend' }), line('b', 3)]
  const memory = new LineMemory()
  const told: string[] = []
  const read = (lines: LogLine[]): void => {
    memory.rewind()
    for (const each of lines) {
      if (!memory.isNew(each)) continue
      memory.keep(each)
      told.push(each.text)
    }
  }
  read(all.slice(0, 2))
  read(all.slice(0, 5))
  read(all)
  expect(told).toEqual(['a', 'b', 'c', 'd', 'e', 'b'])
})

it('prints an event in one line', () => {
  const event = {
    cursor: 12,
    at: at(0),
    project: 'default',
    run: 'k3m9abcd',
    type: 'execution.finished',
    step: 'stats',
    index: 3,
    attempt: 2,
    data: { exitCode: 1 },
  }
  expect(eventText(event, plain)).toMatch(
    /^12 {2}.* {2}k3m9abcd {2}execution\.finished {2}stats\[3\]#2 {2}\{"exitCode":1\}$/,
  )
})

it('names the calls of a step that was asked for, and not what was asked for itself', async () => {
  const printed = async (step: string, lines: LogLine[]): Promise<string> => {
    const pieces: string[] = []
    const raw = async (piece: string): Promise<void> => void pieces.push(piece)
    const session = {
      client: {
        async *lines() {
          yield* lines
        },
      },
      routes: { runs: {} },
      project: 'default',
      output: { format: 'table', colors: plain, raw },
    }
    await followLogs(session as unknown as Session, 'k3m9abcd', { step }, new AbortController().signal)
    return pieces.join('')
  }
  const calls = [line('a', 1, { step: 'clean[0]' }), line('b', 2, { step: 'clean[1]' })]
  expect(await printed('clean', calls)).toBe('clean[0] | a\nclean[1] | b\n')
  expect(await printed('clean[1]', calls.slice(1))).toBe('b\n')
})
