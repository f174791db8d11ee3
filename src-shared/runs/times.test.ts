import { describe, expect, it } from 'vitest'
import type { Execution, RunStep } from '../contract/index.ts'
import { openSince, rerunWords, runTime, stepTime } from './times.ts'

const T0 = Date.UTC(2026, 10, 21, 10)
const at = (ms: number): string => new Date(T0 + ms).toISOString()

const execution = (round: number, from: number, to: number | null): Execution => ({
  id: 'aaaaaaa2:x:1',
  attempt: 1,
  round,
  status: to === null ? 'running' : 'succeeded',
  executor: 'process',
  startedAt: at(from),
  finishedAt: to === null ? null : at(to),
  durationMs: to === null ? null : to - from,
})
const step = (changes: Partial<RunStep>): RunStep => ({
  name: 'x',
  key: 'x',
  kind: 'run',
  status: 'succeeded',
  why: null,
  needs: [],
  round: 1,
  executions: [],
  ...changes,
})

describe('the time of a step', () => {
  it('is that of the round in which it ran last: a re-run after 35 s does not add them', () => {
    const again = step({ round: 2, executions: [execution(1, 0, 3_000), execution(2, 38_000, 41_000)] })
    expect(stepTime(again)).toMatchObject({
      startedAt: T0 + 38_000,
      finishedAt: T0 + 41_000,
      workMs: 3_000,
      waitedMs: 0,
    })
  })

  it('is that of all attempts of the round, without the waits between them', () => {
    const retried = step({ executions: [execution(1, 0, 1_000), execution(1, 11_000, 13_000)] })
    expect(stepTime(retried)).toMatchObject({ workMs: 3_000, waitedMs: 10_000 })
  })

  it('goes on while an attempt runs, and stands still between two', () => {
    const runs = stepTime(step({ status: 'running', executions: [execution(1, 0, 1_000), execution(1, 5_000, null)] }))
    expect(runs).toMatchObject({ finishedAt: null, workMs: 1_000, openSince: T0 + 5_000 })
    expect(openSince(runs)).toBe(T0 + 4_000)
    const waits = stepTime(step({ status: 'waiting', executions: [execution(1, 0, 1_000)] }))
    expect(waits).toMatchObject({ finishedAt: null, workMs: 1_000, openSince: null })
    expect(openSince(waits)).toBeNull()
  })

  it('has not begun for what is to run again', () => {
    expect(stepTime(step({ status: 'blocked', round: 2, executions: [execution(1, 0, 9)] })).workMs).toBeNull()
  })

  it('of what is not executed is from its beginning to its end', () => {
    expect(stepTime(step({ startedAt: at(10), finishedAt: at(50) }))).toMatchObject({ workMs: 40, finishedAt: T0 + 50 })
    expect(stepTime(step({ status: 'running', startedAt: at(10) }))).toMatchObject({ workMs: 0, openSince: T0 + 10 })
  })
})

describe('the time of a run', () => {
  it('adds up its rounds', () => {
    expect(runTime({ durationMs: 6_100, startedAt: at(38_000), earlierMs: 3_050 }, T0)).toBe(6_100)
    expect(runTime({ durationMs: null, startedAt: at(38_000), earlierMs: 3_050 }, T0 + 39_000)).toBe(4_050)
    expect(runTime({ durationMs: null, startedAt: null, earlierMs: 3_050 }, T0 + 39_000)).toBe(3_050)
    expect(runTime({ durationMs: null, startedAt: null, earlierMs: 0 }, T0)).toBeNull()
  })

  it('says how often it was run again', () => {
    expect([0, 1, 2].map(rerunWords)).toEqual(['', 're-run once', 're-run 2 times'])
  })
})
