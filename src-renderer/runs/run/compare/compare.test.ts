import { describe, expect, it } from 'vitest'
import { execution, run, step } from '../data/test-steps.ts'
import { compareRuns } from './compare.ts'

const asset = (digest: string) => ({ kind: 'asset', name: 'report', files: [{ path: 'r.html', digest, size: 3 }] })
const D1 = 'a'.repeat(64)
const D2 = 'b'.repeat(64)

describe('a comparison of runs', () => {
  it('finds parameters that were changed, added or left out', () => {
    const { params } = compareRuns(
      run([], { params: { rate: 1, years: [2012], old: true } }),
      run([], { params: { rate: 2, years: [2012], fresh: null } }),
    )
    expect(params.map(({ name, isSame }) => `${name} ${isSame}`)).toEqual([
      'rate false',
      'years true',
      'fresh false',
      'old false',
    ])
    expect(params.at(-1)).toMatchObject({ before: true, after: undefined })
  })

  it('finds how steps ended and how much longer they took', () => {
    const { steps, deltaMs } = compareRuns(
      run([step('a', { status: 'succeeded', executions: [execution(1, 0, 100)] }), step('gone')], { durationMs: 100 }),
      run(
        [
          step('a', { status: 'failed', executions: [execution(1, 0, 20), execution(2, 30, 150)] }),
          step('b', { status: 'succeeded', executions: [execution(1, 0, 5)] }),
        ],
        { durationMs: 160 },
      ),
    )
    expect(deltaMs).toBe(60)
    expect(steps.map(({ name, deltaMs: ms, isSame }) => [name, ms, isSame])).toEqual([
      ['a', 40, false],
      ['b', null, false],
      ['gone', null, false],
    ])
    expect(steps[0]?.after?.attempts).toBe(2)
  })

  it('counts items that ended in another way', () => {
    const items = (statuses: ('succeeded' | 'failed')[]) =>
      run([step('f', { status: 'succeeded' }), ...statuses.map((status, i) => step(`f[${i}]`, { status }))])
    const { steps } = compareRuns(
      items(['succeeded', 'succeeded', 'failed']),
      items(['succeeded', 'failed', 'failed', 'succeeded']),
    )
    expect(steps).toHaveLength(1)
    expect(steps[0]).toMatchObject({ name: 'f', items: 2, isSame: false })
  })

  it('takes assets with the same files for the same', () => {
    const result = (digest: string) => ({ result: { outputs: { report: asset(digest), n: 1 }, error: null } })
    expect(compareRuns(run([], result(D1)), run([], result(D1))).outputs.every(({ isSame }) => isSame)).toBe(true)
    const changed = compareRuns(run([], result(D1)), run([], result(D2))).outputs
    expect(changed.map(({ isSame }) => isSame)).toEqual([false, true])
  })
})
