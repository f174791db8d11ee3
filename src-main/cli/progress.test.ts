import stringWidth from 'string-width'
import { expect, it } from 'vitest'
import { progressLines, type View } from './progress.ts'
import { at, counts, execution, plain, run, step } from './sample-runs.test-data.ts'

const view = (fields: Partial<View> = {}): View => ({
  now: Date.parse(at(65)),
  columns: 100,
  rows: 40,
  colors: plain,
  unicode: true,
  frame: 0,
  ...fields,
})
const items = (count: number, status: 'succeeded' | 'running' | 'failed') =>
  Array.from({ length: count }, (_, index) => step('stats', { index, status }))

it('shows each step with its status, time and what is worth knowing', () => {
  const lines = progressLines(
    run(
      [
        step('check', { executions: [execution()] }),
        step('split', {
          status: 'cached',
          executions: [execution({ status: 'cached', cache: { hit: true, key: 'x', source: 'aaaaaaaa:split:1' } })],
        }),
        step('fit', {
          status: 'running',
          executions: [
            execution({ status: 'failed' }),
            execution({ attempt: 2, status: 'running', startedAt: at(60), finishedAt: null }),
          ],
        }),
        step('trend', { status: 'queued', why: 'waits for 2 of 8 CPUs' }),
        step('report', { status: 'blocked', why: 'needs trend' }),
      ],
      { counts: counts({ total: 5, done: 2, succeeded: 2 }) },
    ),
    view(),
  )
  expect(lines).toEqual([
    '◐ weather v3  run k3m9abcd  running  1m 05s  2 of 5 steps done',
    '  ● check      2.0s',
    '  ◆ split      2.0s  from aaaaaaaa:split:1',
    '  ◐ fit        7.0s  2 attempts',
    '  ○ trend            waits for 2 of 8 CPUs',
    '  · report           needs trend',
  ])
})

it('folds a fan-out into counts and shows what runs and what failed', () => {
  const fanOut = { total: 100, done: 90, succeeded: 88, failed: 2, dropped: 0 }
  const failure = { code: 'exit_code', message: 'The command ended with exit code 3.' }
  const lines = progressLines(
    run([
      step('stats', { status: 'running', fanOut }),
      ...items(88, 'succeeded'),
      ...items(2, 'failed').map((item) => ({ ...item, executions: [execution({ status: 'failed', error: failure })] })),
      ...items(10, 'running'),
    ]),
    view(),
  )
  expect(lines).toHaveLength(2 + 2 + 4 + 1)
  expect(lines[1]).toContain('90 of 100 items done, 2 failed, 10 running')
  expect(lines[2]).toContain('▲ stats[0]')
  expect(lines[2]).toContain('exit code 3')
  expect(lines.at(-1)).toContain('and 6 more')
})

it('never is wider than the terminal, also with wide characters', () => {
  const long = step('fit', { status: 'queued', why: '待つ '.repeat(60) })
  for (const columns of [20, 37, 80]) {
    for (const line of progressLines(run([long]), view({ columns })))
      expect(stringWidth(line)).toBeLessThanOrEqual(columns)
  }
})

it('never has more lines than the terminal has rows', () => {
  const steps = [
    ...Array.from({ length: 30 }, (_, i) => step(`done${i}`)),
    ...Array.from({ length: 5 }, (_, i) => step(`now${i}`, { status: 'running' })),
    ...Array.from({ length: 30 }, (_, i) => step(`later${i}`, { status: 'blocked' })),
  ]
  const folded = progressLines(run(steps), view({ rows: 12 }))
  expect(folded).toHaveLength(1 + 1 + 5 + 1)
  expect(folded[1]).toContain('30 steps')
  expect(folded.at(-1)).toContain('not ready yet')
  expect(progressLines(run(steps), view({ rows: 5 }))).toHaveLength(5)
})

it('turns the running glyph and does without Unicode', () => {
  const running = run([step('fit', { status: 'running' })])
  expect(progressLines(running, view({ frame: 1 }))[1]).toContain('◓ fit')
  expect(progressLines(running, view({ unicode: false }))[1]).toContain('> fit')
})
