import { describe, expect, it } from 'vitest'
import { durationOf, queueTime, roundStarts, timesOf, workOf } from './step-times.ts'
import { at, execution, step } from './test-steps.ts'

const T0 = Date.parse(at(0))

describe('the times of a step', () => {
  const a = step('a', { status: 'succeeded', executions: [execution(1, 10, 50)] })
  const b = step('b', { status: 'succeeded', needs: ['a'], executions: [execution(1, 80, 90), execution(2, 100, 140)] })
  const find = (key: string) => (key === 'a' ? a : key === 'f' ? f : undefined)
  const f = step('f', { status: 'running', startedAt: at(200) })

  it('count queueing from the end of what it needs, and work over all attempts without the wait between', () => {
    const times = timesOf(b, find, [T0])
    expect(queueTime(times)).toBe(30)
    expect(durationOf(times)).toBe(50)
    expect(times.waitedMs).toBe(10)
    expect(queueTime(timesOf(a, find, [T0]))).toBe(10)
  })

  it('of an item count from when the list was there', () => {
    const times = timesOf(step('f[3]', { status: 'running', executions: [execution(1, 260, null)] }), find, [T0])
    expect(queueTime(times)).toBe(60)
    expect(durationOf(times)).toBeNull()
  })

  it('of what holds calls begin with the first of them, and are how long any of them ran', () => {
    const call = { by: 'main', attempt: 1, at: at(300), brief: '', refs: [], links: [] }
    const fanOut = { total: 2, done: 2, succeeded: 2, failed: 0, dropped: 0 }
    const holder = step('g', { status: 'succeeded', startedAt: at(300), finishedAt: at(900), fanOut })
    const calls = [
      step('g[0]', { status: 'succeeded', call, executions: [execution(1, 500, 540)] }),
      step('g[1]', { status: 'succeeded', call, executions: [execution(1, 520, 560), execution(2, 890, 900)] }),
    ]
    const within = (key: string) => calls.find((one) => one.key === key)
    expect(queueTime(timesOf(holder, within, [T0]))).toBe(0)
    expect(workOf(calls)).toEqual({ workMs: 70, openSince: null })
    expect(workOf([...calls, step('g[2]', { executions: [execution(1, 550, null)] })])).toEqual({
      workMs: 50,
      openSince: T0 + 550,
    })
  })

  it('of a call that is run again wait from the re-run', () => {
    const call = { by: 'main', attempt: 1, at: at(5), brief: '', refs: [], links: [] }
    const again = step('g[0]', {
      status: 'succeeded',
      round: 2,
      call,
      executions: [execution(1, 10, 20), execution(2, 810, 820, { round: 2 })],
    })
    expect(queueTime(timesOf(again, find, [T0, T0 + 800]))).toBe(10)
  })

  it('of what waits between two attempts has no end', () => {
    const waits = step('w', { status: 'waiting', executions: [execution(1, 0, 10, { status: 'failed' })] })
    expect(timesOf(waits, find, [T0])).toMatchObject({ startedAt: T0, finishedAt: null })
  })

  it('are not known for what is blocked', () => {
    expect(timesOf(step('x', { needs: ['a'] }), find, [T0])).toMatchObject({
      readyAt: null,
      startedAt: null,
      finishedAt: null,
    })
  })

  it('after a re-run count from its beginning: neither queueing nor work holds the pause', () => {
    const total = step('total', {
      status: 'succeeded',
      round: 2,
      needs: ['a'],
      executions: [execution(1, 50, 3_050), execution(2, 38_010, 41_010, { round: 2 })],
    })
    const times = timesOf(total, find, [T0, T0 + 38_000])
    expect(durationOf(times)).toBe(3_000)
    expect(queueTime(times)).toBe(10)
  })

  it('of an item that did not run again are those of its round', () => {
    const parent = step('f', {
      round: 2,
      startedAt: at(9_000),
      earlier: [{ round: 1, startedAt: at(200), finishedAt: at(300), status: 'failed' }],
    })
    const item = step('f[0]', { status: 'succeeded', executions: [execution(1, 230, 260)] })
    expect(queueTime(timesOf(item, () => parent, [T0, T0 + 9_000]))).toBe(30)
  })
})

describe('the rounds of a run', () => {
  it('begin when they were started; one that waits begins where the last ended', () => {
    const rounds = [
      { startedAt: at(5), finishedAt: at(50) },
      { startedAt: null, finishedAt: null },
    ]
    expect(roundStarts({ rounds, createdAt: at(0) })).toEqual([T0 + 5, T0 + 50])
  })
})
