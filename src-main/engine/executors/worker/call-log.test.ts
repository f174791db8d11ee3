import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readLog } from '../logs.ts'
import { CallLog } from './call-log.ts'
import type { LogLines, MetricValues } from './incoming.ts'
import { unseen } from './unseen.ts'
import { lengthOf } from './words.ts'

let root: string
let logs: CallLog[] = []
beforeEach(() => {
  root = join(mkdtempSync(join(tmpdir(), 'weir-call-log-')), 'execution')
})
afterEach(async () => {
  for (const log of logs) await log.close()
  logs = []
  rmSync(join(root, '..'), { recursive: true, force: true })
})

/** As the engine of now has it; another one takes the files over. */
function openLog(): CallLog {
  const log = new CallLog(root, (error) => expect(error).toBeUndefined())
  logs.push(log)
  return log
}

async function texts(): Promise<string[]> {
  const found: string[] = []
  for await (const { text } of readLog(root, {})) found.push(text)
  return found
}

const OUT: LogLines = [
  [1, 'stdout', 'größe\n', null],
  [1, 'stderr', 'b\n', null],
]
/** The last one is longer than a piece in the file. */
const SAID: LogLines = [
  [2, 'info', 'with, fields', { list: [null, 1] }],
  [2, 'info', '', null],
  [3, 'warning', `${'x'.repeat(9000)},null,1]`, null],
]
const OUT_LENGTH = 10
const measured = (from: number, to: number): MetricValues =>
  Array.from({ length: to - from }, (_, at) => [1, 'loss', from + at, null])

test('lines lead as far as the vectors say', () => {
  const file = new URL('../../../../sdk/vectors/logs.json', import.meta.url)
  const vectors = JSON.parse(readFileSync(file, 'utf8')) as { lines: { line: LogLines[number]; length: number }[] }
  expect(vectors.lines.map(({ line }) => lengthOf(line))).toEqual(vectors.lines.map(({ length }) => length))
})

test('lines that are said again are written once', async () => {
  const log = openLog()
  await log.lines([...OUT, ...SAID], 0)
  const before = await texts()
  await log.lines([...OUT, ...SAID], 0)
  await log.lines(SAID, OUT_LENGTH)
  expect(await texts()).toEqual(before)
  await log.lines([...SAID, [4, 'stdout', 'new\n', null]], OUT_LENGTH)
  expect((await texts()).slice(before.length)).toEqual(['new'])
})

test.each([false, true])(
  'an engine that takes the execution over knows what is written (closed %s)',
  async (closed) => {
    const first = openLog()
    await first.lines([...OUT, ...SAID], 0)
    await first.metrics(measured(0, 3), 0)
    const before = await texts()
    if (closed) await first.close()
    appendFileSync(join(root, 'metrics.jsonl'), '[1,"lo') // what a kill leaves
    const second = openLog()
    await second.lines([...OUT.slice(1), ...SAID, [5, 'stdout', 'after\n', null]], 8)
    await second.metrics(measured(1, 5), 1)
    expect(await texts()).toEqual([...before, 'after'])
    const values = readFileSync(join(root, 'metrics.jsonl'), 'utf8').trim().split('\n')
    expect(values.map((line) => (JSON.parse(line) as number[])[2])).toEqual([0, 1, 2, 3, 4])
  },
)

test('what is missing is said in its place', async () => {
  const log = openLog()
  await log.lines(OUT, 0)
  await log.lines([[9, 'stdout', 'later\n', null]], OUT_LENGTH + 7)
  await log.metrics(measured(4, 5), 4)
  expect(await texts()).toEqual([
    'größe',
    'b',
    expect.stringMatching(/^7 bytes.*missing/),
    'later',
    expect.stringMatching(/^4 measured values are missing/),
  ])
})

test('lines without a place follow what came last', () => {
  expect(unseen(['a', 'b'], undefined, 5, () => 1)).toEqual({ items: ['a', 'b'], position: 7, missing: 0 })
  expect(unseen(['a', ''], 4, 5, ({ length }) => length)).toEqual({ items: [''], position: 5, missing: 0 })
})
