import { describe, expect, it } from 'vitest'
import { Driver, FAILURE, items } from '../testing/driver.ts'
import { each, plan, retry, step } from '../testing/plan.ts'
import { LOSSES_LIMIT, retries, retryDelay } from './retry.ts'

describe('the wait before a retry', () => {
  it('grows evenly from the least to the most', () => {
    const policy = retry(5, { minDelayMs: 1_000, maxDelayMs: 5_000 })
    expect([1, 2, 3, 4, 5].map((failures) => retryDelay(policy, failures))).toEqual([1_000, 2_000, 3_000, 4_000, 5_000])
  })

  it('is the least when there is one retry only', () => {
    expect(retryDelay(retry(1, { minDelayMs: 7, maxDelayMs: 90 }), 1)).toBe(7)
  })

  it('follows failures of the named kinds and exit codes', () => {
    const policy = retry(1, { on: ['timeout', 3] })
    expect(retries(policy, 'timeout', null)).toBe(true)
    expect(retries(policy, 'error', 3)).toBe(true)
    expect(retries(policy, 'error', 1)).toBe(false)
    expect(retries(retry(1), 'oom', null)).toBe(true)
  })
})

const one = (fields: Parameters<typeof step>[1]): Driver => {
  const driver = new Driver()
  driver.start(plan(step('a', fields)))
  return driver
}

describe('a retry', () => {
  it('comes after its delay, as the next attempt', () => {
    const driver = one({ retry: retry(1, { minDelayMs: 500, maxDelayMs: 500 }) })
    driver.fail('a')
    expect(driver.unit('a')).toMatchObject({ phase: 'retry', wakeAt: driver.now + 500, failures: 1 })
    driver.pass(499)
    expect(driver.is('a')).toBe('retry')
    driver.pass(1)
    expect(driver.out('a').attempt).toBe(2)
    driver.fail('a')
    expect(driver.unit('a')).toMatchObject({ outcome: 'failed', error: FAILURE.error })
    expect(driver.unit('a').executions.map(({ status }) => status)).toEqual(['failed', 'failed'])
  })

  it('keeps its time over a restart', () => {
    const driver = one({ retry: retry(1, { minDelayMs: 500, maxDelayMs: 500 }) })
    driver.fail('a')
    driver.now += 200
    driver.restart()
    expect(driver.is('a')).toBe('retry')
    driver.pass(300)
    expect(driver.out('a').attempt).toBe(2)
  })

  it('that came due while no engine ran follows at once', () => {
    const driver = one({ retry: retry(1, { minDelayMs: 500, maxDelayMs: 500 }) })
    driver.fail('a')
    driver.now += 10_000
    driver.restart()
    expect(driver.is('a')).toBe('dispatched')
  })

  it('does not follow a failure that the policy does not name', () => {
    const driver = one({ retry: retry(3, { on: ['oom'] }) })
    driver.fail('a')
    expect(driver.is('a')).toBe('failed')
  })

  it('does not follow a cancel', () => {
    const driver = one({ retry: retry(3) })
    driver.cancel()
    driver.fail('a')
    expect(driver.is('a')).toBe('cancelled')
  })

  it('of what was ended from outside counts like any other', () => {
    const driver = one({ retry: retry(2) })
    for (let attempt = 1; attempt <= 3; attempt++) {
      expect(driver.out('a').attempt).toBe(attempt)
      driver.finish('a', { status: 'cancelled' })
      driver.pass(0)
    }
    expect(driver.unit('a')).toMatchObject({ outcome: 'failed', failures: 2, losses: 0, error: { code: 'abandoned' } })
  })

  it('of what was ended from outside can be asked for by name', () => {
    const driver = one({ retry: retry(1, { on: ['abandoned'] }) })
    driver.finish('a', { status: 'cancelled' })
    expect(driver.is('a')).toBe('retry')
  })
})

describe('a lost execution', () => {
  it('goes again at once, without counting as a failed attempt', () => {
    const driver = one({})
    driver.lose('a')
    driver.pass(0)
    expect(driver.out('a').attempt).toBe(2)
    expect(driver.unit('a')).toMatchObject({ failures: 0, losses: 1 })
    expect(driver.unit('a').executions[0]?.status).toBe('abandoned')
  })

  it(`fails its step when that happened more than ${LOSSES_LIMIT} times`, () => {
    const driver = one({})
    for (let loss = 0; loss < LOSSES_LIMIT; loss++) {
      driver.lose('a')
      driver.pass(0)
    }
    expect(driver.is('a')).toBe('dispatched')
    driver.lose('a')
    expect(driver.unit('a')).toMatchObject({ outcome: 'failed', error: { code: 'abandoned' } })
  })

  it('fails its step when the policy names other kinds only', () => {
    const driver = one({ retry: retry(5, { on: ['error'] }) })
    driver.lose('a')
    expect(driver.is('a')).toBe('failed')
  })

  it('of a cancelled run has ended as cancelled', () => {
    const driver = one({})
    driver.cancel()
    driver.lose('a')
    expect(driver.is('a')).toBe('cancelled')
    expect(driver.run().finished).toBe('cancelled')
  })
})

describe('a time limit', () => {
  it('counts from the start, not from the order', () => {
    const driver = one({ timeoutMs: 1_000 })
    driver.pass(5_000)
    expect(driver.is('a')).toBe('dispatched')
    driver.began('a')
    driver.pass(999)
    expect(driver.is('a')).toBe('running')
    driver.orders()
    driver.pass(1)
    expect(driver.orders()).toEqual(['kill r1:a'])
    driver.finish('a', { status: 'cancelled' })
    expect(driver.unit('a')).toMatchObject({ outcome: 'failed', error: { code: 'timeout' } })
    expect(driver.unit('a').error?.message).toBe('it ran longer than its time limit of 1 s and was ended')
  })

  it('is a failure of its own kind', () => {
    const driver = one({ timeoutMs: 10, retry: retry(1, { on: ['timeout'] }) })
    driver.began('a')
    driver.pass(10)
    driver.finish('a', { status: 'failed', kind: 'error', exitCode: 143 })
    expect(driver.is('a')).toBe('retry')
    expect(driver.unit('a').executions[0]?.status).toBe('timeout')
  })

  it('does not undo a success that came first', () => {
    const driver = one({ timeoutMs: 10 })
    driver.began('a')
    driver.pass(10)
    driver.finish('a')
    expect(driver.is('a')).toBe('succeeded')
  })

  it('of an earlier attempt does not end a later one', () => {
    const driver = one({ timeoutMs: 1_000, retry: retry(1) })
    driver.began('a')
    driver.pass(500)
    driver.fail('a')
    driver.pass(0)
    driver.began('a')
    driver.pass(600)
    expect(driver.is('a')).toBe('running')
    driver.pass(400)
    expect(driver.is('a')).toBe('cancelling')
  })

  it('is outranked by a cancel: no attempt follows', () => {
    const driver = one({ timeoutMs: 10, retry: retry(5) })
    driver.began('a')
    driver.pass(10)
    driver.orders()
    driver.cancel()
    expect(driver.orders()).toEqual([])
    driver.finish('a', { status: 'cancelled' })
    expect(driver.is('a')).toBe('cancelled')
  })

  it('moves with a jump of the clock; pauses do not', () => {
    const driver = new Driver({ answers: { s: { type: 'sleep', ms: 60_000 } } })
    driver.start(plan(step('a', { timeoutMs: 1_000 }), step('s', { kind: 'sleep' })))
    driver.began('a')
    driver.now += 3_600_000
    driver.send({ type: 'clock.jumped', byMs: 3_600_000 })
    driver.pass(0)
    expect(driver.is('a')).toBe('running')
    expect(driver.is('s')).toBe('succeeded')
    driver.pass(1_000)
    expect(driver.is('a')).toBe('cancelling')
  })
})

describe('reports', () => {
  it('with a stale token are kept for the record and change nothing', () => {
    const driver = one({ retry: retry(1) })
    const { token } = driver.out('a')
    driver.fail('a')
    driver.pass(0)
    const events = driver.send({ type: 'execution.finished', token, status: 'succeeded' })
    expect(events).toEqual([{ type: 'execution.stale', run: 'r1', at: driver.now, token, status: 'succeeded' }])
    expect(driver.out('a').attempt).toBe(2)
  })

  it('of runs that nobody knows are ignored', () => {
    const driver = one({})
    expect(driver.send({ type: 'execution.lost', token: 'gone/1.1', reason: '' })).toEqual([])
    expect(driver.send({ type: 'execution.started', token: 'gone/1.1', detail: '', adopted: true })).toEqual([])
  })

  it('of the end may overtake those of the start', () => {
    const driver = one({})
    driver.finish('a')
    expect(driver.unit('a').executions[0]).toMatchObject({ status: 'succeeded', startedAt: driver.now })
  })
})

describe('after a restart', () => {
  it('what is out is taken back under its token, and new tokens never repeat old ones', () => {
    const driver = one({ retry: retry(1) })
    const { token } = driver.out('a')
    driver.restart()
    expect(driver.orders()).toEqual(['adopt r1:a'])
    expect(driver.out('a').token).toBe(token)
    driver.send({ type: 'execution.started', token, detail: 'pid 7', adopted: true })
    expect(driver.out('a')).toMatchObject({ adopted: 1, detail: 'pid 7' })
    driver.fail('a')
    driver.pass(0)
    expect(driver.out('a').token).not.toBe(token)
  })

  it('what was to be ended is told again', () => {
    const driver = one({})
    driver.cancel()
    driver.restart()
    expect(driver.orders()).toEqual(['adopt r1:a', 'kill r1:a'])
  })

  it('attempts of items of a shorter list in between are not forgotten', () => {
    let count = 3
    const driver = new Driver({ answers: { f: () => items(count) } })
    driver.start(plan(each('f')))
    for (const index of [0, 1, 2]) driver.finish(`f[${index}]`)
    count = 1
    driver.reopen('start')
    driver.finish('f[0]')
    count = 3
    driver.reopen('start')
    expect([0, 1, 2].map((index) => driver.out(`f[${index}]`).attempt)).toEqual([3, 2, 2])
  })
})
