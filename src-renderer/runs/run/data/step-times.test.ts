import { describe, expect, it } from 'vitest'
import { durationOf, queueTime, timesOf } from './step-times.ts'
import { at, execution, step } from './test-steps.ts'

const T0 = Date.parse(at(0))

describe('the times of a step', () => {
  const a = step('a', { status: 'succeeded', executions: [execution(1, 10, 50)] })
  const b = step('b', { status: 'succeeded', needs: ['a'], executions: [execution(1, 80, 90), execution(2, 100, 140)] })
  const find = (key: string) => (key === 'a' ? a : key === 'f' ? f : undefined)
  const f = step('f', { status: 'running', startedAt: at(200) })

  it('count queueing from the end of what it needs, and work over all attempts', () => {
    const times = timesOf(b, find, T0)
    expect(queueTime(times)).toBe(30)
    expect(durationOf(times)).toBe(60)
    expect(queueTime(timesOf(a, find, T0))).toBe(10)
  })

  it('of an item count from when the list was there', () => {
    const times = timesOf(step('f[3]', { status: 'running', executions: [execution(1, 260, null)] }), find, T0)
    expect(queueTime(times)).toBe(60)
    expect(durationOf(times)).toBeNull()
  })

  it('of what waits between two attempts has no end', () => {
    const waits = step('w', { status: 'waiting', executions: [execution(1, 0, 10, { status: 'failed' })] })
    expect(timesOf(waits, find, T0)).toMatchObject({ startedAt: T0, finishedAt: null })
  })

  it('are not known for what is blocked', () => {
    expect(timesOf(step('x', { needs: ['a'] }), find, T0)).toEqual({ readyAt: null, startedAt: null, finishedAt: null })
  })
})
