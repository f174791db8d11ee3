import { expect, it } from 'vitest'
import { pointsOf, remembered, type Sample, SPAN_MS } from './history.ts'

const sample = (at: number, cpu: number | null): Sample => ({ at, cpu, memory: 0.5 })

it('forgets what is too old, and takes an answer once', () => {
  const samples = remembered(remembered([], sample(0, 0)), sample(SPAN_MS, 1))
  expect(samples).toHaveLength(2)
  expect(remembered(samples, sample(SPAN_MS, 1))).toBe(samples)
  expect(remembered(samples, sample(SPAN_MS + 1, 1)).map(({ at }) => at)).toEqual([SPAN_MS, SPAN_MS + 1])
})

it('draws the newest at the right, and never out of the box', () => {
  const samples = [sample(0, 0), sample(SPAN_MS / 2, null), sample(SPAN_MS, 1.2)]
  expect(pointsOf(samples, ({ cpu }) => cpu, 100, 20)).toEqual([
    { x: 0, y: 20 },
    { x: 100, y: 0 },
  ])
  expect(pointsOf([], ({ memory }) => memory, 100, 20)).toEqual([])
})
