import { describe, expect, it } from 'vitest'
import { EMPTY_BOOK, replaceSteps } from '../data/step-book.ts'
import { at, execution, step } from '../data/test-steps.ts'
import { axisOf, endsOf } from './axis.ts'
import { type Bar, barAt, barsOf, density } from './bars.ts'
import { legendOf } from './legend.ts'
import { fitView, pan, ticks, timeAt, xOf, zoom } from './scale.ts'
import { whyWaited } from './why-waited.ts'

const T0 = Date.parse(at(0))
const shape = (bars: readonly Bar[]) =>
  bars.map(({ kind, from, to, status }) => `${kind} ${from - T0}-${to === null ? 'now' : to - T0} ${status}`)
const find = (key: string) => (key === 'a' ? a : key === 'f' ? f : undefined)
const a = step('a', { status: 'succeeded', executions: [execution(1, 10, 50)] })
const f = step('f', { status: 'running', startedAt: at(60), needs: ['a'] })

describe('bars', () => {
  it('are the queueing, each attempt, and the wait between two', () => {
    const b = step('b', {
      status: 'running',
      needs: ['a'],
      executions: [execution(1, 80, 90, { status: 'failed' }), execution(2, 120, null)],
    })
    expect(shape(barsOf(b, find, [T0]))).toEqual([
      'queued 50-80 queued',
      'attempt 80-90 failed',
      'between 90-120 waiting',
      'attempt 120-now running',
    ])
  })

  it('are those of all rounds; the pause before a re-run is none', () => {
    const again = step('b', {
      status: 'succeeded',
      round: 2,
      earlier: [],
      executions: [execution(1, 0, 30), execution(2, 900, 930, { round: 2 })],
    })
    expect(shape(barsOf(again, find, [T0, T0 + 890]))).toEqual([
      'attempt 0-30 succeeded',
      'queued 890-900 queued',
      'attempt 900-930 succeeded',
    ])
    const asked = step('r', {
      kind: 'approval',
      status: 'waiting',
      round: 2,
      startedAt: at(900),
      earlier: [{ round: 1, startedAt: at(0), finishedAt: at(9), status: 'succeeded' }],
    })
    expect(shape(barsOf(asked, find, [T0, T0 + 900]))).toEqual(['span 0-9 succeeded', 'span 900-now waiting'])
    const kept = step('k', { status: 'succeeded', executions: [execution(1, 0, 30)] })
    expect(shape(barsOf(kept, find, [T0, T0 + 890]))).toEqual(['attempt 0-30 succeeded'])
  })

  it('of what waits for its next attempt have no end', () => {
    const waits = step('w', { status: 'waiting', executions: [execution(1, 0, 10, { status: 'failed' })] })
    expect(shape(barsOf(waits, find, [T0]))).toEqual(['attempt 0-10 failed', 'between 10-now waiting'])
  })

  it('of what is queued, blocked, skipped and cached', () => {
    expect(shape(barsOf(step('q', { status: 'queued', needs: ['a'] }), find, [T0]))).toEqual(['queued 50-now queued'])
    expect(barsOf(step('x', { needs: ['a'] }), find, [T0])).toEqual([])
    expect(barsOf(step('x', { status: 'skipped' }), find, [T0])).toEqual([])
    const cached = step('c', { status: 'cached', executions: [execution(1, 60, 60, { status: 'cached' })] })
    expect(shape(barsOf(cached, find, [T0]))).toEqual(['attempt 60-60 cached'])
  })

  it('of an approval or a fan-out are one span', () => {
    expect(shape(barsOf(f, find, [T0]))).toEqual(['queued 50-60 queued', 'span 60-now running'])
    const asked = step('r', { kind: 'approval', status: 'succeeded', startedAt: at(0), finishedAt: at(9) })
    expect(shape(barsOf(asked, find, [T0]))).toEqual(['span 0-9 succeeded'])
  })

  it('are found under the pointer, narrow ones first', () => {
    const bars = barsOf(
      step('b', { status: 'running', executions: [execution(1, 100, 101), execution(2, 101, null)] }),
      find,
      [T0],
    )
    expect(barAt(bars, T0 + 100.5, T0 + 5000, 5)?.execution?.attempt).toBe(1)
    expect(barAt(bars, T0 + 3000, T0 + 5000, 5)?.execution?.attempt).toBe(2)
    expect(barAt(bars, T0 + 9000, T0 + 5000, 5)).toBeNull()
  })
})

describe('density', () => {
  it('counts what overlaps, and what is shorter than a part', () => {
    const spans: [number, number][] = [
      [0, 50],
      [20, 30],
      [55, 55.1],
      [-10, -5],
      [95, 200],
    ]
    expect([...density(spans, { from: 0, to: 100 }, 10)]).toEqual([1, 1, 2, 1, 1, 1, 0, 0, 0, 1])
  })
})

describe('the axis', () => {
  const run = {
    createdAt: at(0),
    rounds: [
      { startedAt: at(0), finishedAt: at(3_000) },
      { startedAt: at(38_000), finishedAt: null },
    ],
  }
  const axis = axisOf(run, T0 + 41_000)

  it('shows time of work: a pause is a narrow mark that says how long it was', () => {
    const { from, to } = endsOf(axis)
    expect(to - from).toBe(3_000 + 240 + 3_000)
    expect(axis.breaks).toEqual([{ from: T0 + 3_000, to: T0 + 3_240, ms: 35_000 }])
  })

  it('goes from time to its place and back, also in a pause', () => {
    for (const ms of [-50, 0, 1_500, 3_000, 20_500, 38_000, 39_000, 44_000]) {
      expect(axis.timeOf(axis.placeOf(T0 + ms))).toBeCloseTo(T0 + ms, 3)
    }
    expect(axis.placeOf(T0 + 38_000)).toBe(T0 + 3_240)
    expect(axis.placeOf(T0 + 20_500)).toBe(T0 + 3_120)
  })

  it('is the clock for a run that was never run again', () => {
    const plain = axisOf({ createdAt: at(0), rounds: [{ startedAt: at(5), finishedAt: at(50) }] }, T0 + 900)
    expect(endsOf(plain)).toEqual({ from: T0 + 5, to: T0 + 50 })
    expect(plain.breaks).toEqual([])
  })
})

describe('the legend', () => {
  it('names everything that is drawn, and nothing else', () => {
    const steps = [
      step('b', { status: 'succeeded', executions: [execution(1, 0, 9, { status: 'failed' }), execution(2, 20, 30)] }),
      step('ask', { kind: 'approval', status: 'waiting', startedAt: at(30) }),
    ]
    const rows = steps.map(({ key }) => ({ key, depth: 0, isOpen: null }))
    const entries = legendOf(rows, replaceSteps(EMPTY_BOOK, steps), [T0], 0)
    expect(entries.map(({ look, word }) => `${look} ${word}`)).toEqual([
      'hatched Waits for the next attempt',
      'hatched Waits for its turn',
      'solid Failed',
      'solid Succeeded',
      'pale Question to a person: waiting',
    ])
    expect(legendOf(rows, replaceSteps(EMPTY_BOOK, steps), [T0], 1).at(-1)?.look).toBe('pause')
  })
})

describe('the scale', () => {
  const view = { from: 1000, to: 2000 }

  it('goes from time to pixels and back', () => {
    expect(xOf(1500, view, 800)).toBe(400)
    expect(timeAt(400, view, 800)).toBe(1500)
  })

  it('zooms around the pointer and stops before nothing is left', () => {
    expect(zoom(view, 1250, 0.5)).toEqual({ from: 1125, to: 1625 })
    const close = zoom(view, 1500, 1e-9)
    expect(close.to - close.from).toBeCloseTo(5)
  })

  it('pans within the run', () => {
    const bounds = { from: 0, to: 5000 }
    expect(pan(view, 100, bounds)).toEqual({ from: 1100, to: 2100 })
    expect(pan(view, 1e9, bounds).from).toBeLessThan(bounds.to)
    expect(pan(view, -1e9, bounds).to).toBeGreaterThan(bounds.from)
  })

  it('fits a run of no length', () => {
    const none = fitView(1000, 1000)
    expect(none.to).toBeGreaterThan(none.from)
  })

  it('has ticks at round distances from the start, at any zoom', () => {
    for (const length of [20, 900, 61_000, 7_200_000, 9e8]) {
      const found = ticks({ from: 1000, to: 1000 + length }, 1000, 1000)
      expect(found.length).toBeGreaterThan(2)
      expect(found.length).toBeLessThan(13)
      expect(found[0]?.label).toBe('0')
      expect(new Set(found.map(({ label }) => label)).size).toBe(found.length)
    }
    expect(ticks({ from: 0, to: 120_000 }, 500, 0).map(({ label }) => label)).toEqual([
      '0',
      '+30 s',
      '+1 min',
      '+1:30 min',
      '+2 min',
    ])
  })
})

describe('why a step waited', () => {
  const facts = { find, seen: undefined, maxParallel: undefined }
  const queued: Bar = { kind: 'queued', from: T0 + 50, to: T0 + 80, status: 'queued', execution: null }
  const b = step('b', { status: 'succeeded', needs: ['a'], executions: [execution(1, 80, 90)] })

  it('names what had to end, and what was seen', () => {
    expect(whyWaited(b, queued, facts)).toBe('It was ready when a had ended. It waited for room on the machine.')
    expect(whyWaited(b, queued, { ...facts, seen: 'waits for 2 CPUs; 0 of 2 are free' })).toContain('waits for 2 CPUs')
    const item = step('f[2]', { status: 'succeeded' })
    expect(whyWaited(item, queued, { ...facts, maxParallel: 3 })).toContain('3 items of this step run at once')
  })

  it('names the failure between two attempts', () => {
    const error = { code: 'exit_code', message: 'The command ended with exit code 75.' }
    const tried = step('t', { executions: [execution(1, 0, 10, { status: 'failed', error }), execution(2, 30, 40)] })
    const between: Bar = { kind: 'between', from: T0 + 10, to: T0 + 30, status: 'waiting', execution: null }
    expect(whyWaited(tried, between, facts)).toBe('It waited to try again. The command ended with exit code 75.')
  })
})
