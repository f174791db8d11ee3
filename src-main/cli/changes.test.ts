import { expect, it } from 'vitest'
import { changeLines } from './changes.ts'
import { at, counts, execution, plain, run, step } from './sample-runs.test-data.ts'

const style = { colors: plain, unicode: true, now: Date.parse(at(5)) }
const words = (lines: string[]): string[] => lines.map((line) => line.replace(/^\d\d:\d\d:\d\d {2}/, ''))

it('tells the run first, then nothing when nothing changed', () => {
  const first = run([
    step('check', { status: 'running', executions: [execution({ status: 'running', finishedAt: null })] }),
    step('fit', { status: 'blocked' }),
  ])
  expect(words(changeLines(null, first, style))).toEqual([
    '◐ run k3m9abcd  running  weather v3, 0 of 2 steps done',
    '◐ check  running',
  ])
  expect(changeLines(first, structuredClone(first), style)).toEqual([])
})

it('tells ends, failures with their reason, further attempts, and the end of the run last', () => {
  const error = { code: 'exit_code', message: 'The command ended with exit code 3.' }
  const before = run([
    step('check', { status: 'running' }),
    step('fit', { status: 'running', executions: [execution()] }),
  ])
  const after = run(
    [
      step('check', { executions: [execution()] }),
      step('fit', {
        status: 'failed',
        executions: [execution({ status: 'failed' }), execution({ attempt: 2, status: 'failed', error })],
      }),
    ],
    {
      status: 'failed',
      finishedAt: at(5),
      durationMs: 5000,
      counts: counts({ total: 2, done: 2, succeeded: 1, failed: 1 }),
    },
  )
  expect(words(changeLines(before, after, style))).toEqual([
    '● check  succeeded after 2.0s',
    '▲ fit  failed after 4.0s: The command ended with exit code 3. · 2 attempts',
    '▲ run k3m9abcd  failed after 5.0s  weather v3, 1 succeeded, 1 failed',
  ])
  const again = run([step('fit', { status: 'running', executions: [execution(), execution({ attempt: 2 })] })])
  expect(words(changeLines(before, again, style))).toEqual(['◐ fit  running: 2 attempts'])
})

it('tells large fan-outs by tenths and by failures only', () => {
  const fan = (done: number, failed: number[]) =>
    run([
      step('stats', {
        status: 'running',
        fanOut: { total: 100, done, succeeded: done - failed.length, failed: failed.length, dropped: 0 },
      }),
      ...Array.from({ length: 100 }, (_, index) =>
        step('stats', { index, status: failed.includes(index) ? 'failed' : index < done ? 'succeeded' : 'queued' }),
      ),
    ])
  expect(changeLines(fan(11, []), fan(19, []), style)).toEqual([])
  expect(words(changeLines(fan(19, []), fan(20, [7]), style))).toEqual([
    '◐ stats  20 of 100 items done, 1 failed',
    '▲ stats[7]  failed',
  ])
})
