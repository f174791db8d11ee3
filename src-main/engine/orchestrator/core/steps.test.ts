import { describe, expect, it } from 'vitest'
import { Driver, FAILURE } from '../testing/driver.ts'
import { plan, planWith, step } from '../testing/plan.ts'

describe('a run', () => {
  it('starts what needs nothing, and the rest when their needs have ended', () => {
    const driver = new Driver()
    driver.start(plan(step('a'), step('b', { needs: ['a'] }), step('c')))
    expect(driver.orders()).toEqual(['start r1:a', 'start r1:c'])
    expect(driver.is('b')).toBe('blocked')
    driver.finish('a')
    expect(driver.orders()).toEqual(['start r1:b'])
    driver.finish('c')
    driver.finish('b')
    expect(driver.run()).toMatchObject({ finished: 'succeeded', outputs: { json: {} }, open: 0 })
  })

  it('waits for all needs', () => {
    const driver = new Driver()
    driver.start(plan(step('a'), step('b'), step('c', { needs: ['a', 'b'] })))
    driver.finish('b')
    expect(driver.is('c')).toBe('blocked')
    driver.finish('a')
    expect(driver.is('c')).toBe('dispatched')
  })

  it('without steps succeeds at once', () => {
    const driver = new Driver()
    driver.start(plan())
    expect(driver.run().finished).toBe('succeeded')
  })

  it('with outputs ends when they are put together', () => {
    const driver = new Driver()
    driver.start(planWith({ outputs: { result: '${{ steps.a.outputs.x }}' } }, step('a')))
    driver.finish('a')
    expect(driver.run()).toMatchObject({ finished: 'succeeded', outputs: { json: { result: 1 } } })
  })

  it('that is cancelled while its outputs are put together is cancelled', () => {
    const driver = new Driver({ outcome: null })
    driver.start(planWith({ outputs: { result: 1 } }, step('a')))
    driver.finish('a')
    expect(driver.run()).toMatchObject({ finished: null, open: 0 })
    driver.cancel()
    expect(driver.run().finished).toBe('cancelled')
    driver.send({ type: 'run.resolved', run: 'r1', outcome: { outputs: { json: { late: 1 } } } })
    expect(driver.run()).toMatchObject({ finished: 'cancelled', outputs: null })
  })

  it('fails with the message of the step that failed', () => {
    const driver = new Driver()
    driver.start(plan(step('a'), step('b')))
    driver.finish('a', { ...FAILURE, error: { code: 'exit_code', message: 'no disk', fix: 'buy one' } })
    driver.fail('b')
    expect(driver.run()).toMatchObject({
      finished: 'failed',
      error: { code: 'exit_code', message: 'step a failed, and 1 more: no disk', fix: 'buy one' },
    })
  })

  it('fails when its outputs cannot be put together', () => {
    const error = { code: 'expression', message: 'there is no output x' }
    const driver = new Driver({ outcome: { error } })
    driver.start(planWith({ outputs: { result: 1 } }, step('a')))
    driver.finish('a')
    expect(driver.run()).toMatchObject({ finished: 'failed', error, outputs: null })
  })
})

describe('a step whose need did not succeed', () => {
  it('is skipped, and so is what needs it', () => {
    const driver = new Driver()
    driver.start(plan(step('a'), step('b', { needs: ['a'] }), step('c', { needs: ['b'] })))
    driver.fail('a')
    expect(driver.unit('b')).toMatchObject({ outcome: 'skipped', skipReason: 'needs a, which failed' })
    expect(driver.unit('c')).toMatchObject({ outcome: 'skipped', skipReason: 'needs b, which was skipped' })
    expect(driver.run().finished).toBe('failed')
  })

  it('is asked when it reads the status (runsAfterFailure)', () => {
    const driver = new Driver()
    driver.start(plan(step('a'), step('clean', { needs: ['a'], runsAfterFailure: true })))
    driver.fail('a')
    expect(driver.is('clean')).toBe('dispatched')
    driver.finish('clean')
    expect(driver.run().finished).toBe('failed')
  })

  it('does not fail the run when only its condition was false', () => {
    const driver = new Driver({ answers: { a: { type: 'skip', reason: 'its condition is false: x' } } })
    driver.start(plan(step('a'), step('b', { needs: ['a'] }), step('c')))
    driver.finish('c')
    expect(driver.is('a')).toBe('skipped')
    expect(driver.is('b')).toBe('skipped')
    expect(driver.run().finished).toBe('succeeded')
  })

  it('fails when its expressions do', () => {
    const error = { code: 'expression', message: 'there is no field y' }
    const driver = new Driver({ answers: { a: { type: 'error', error } } })
    driver.start(plan(step('a')))
    expect(driver.unit('a')).toMatchObject({ outcome: 'failed', error })
    expect(driver.run().finished).toBe('failed')
  })
})

describe('answers of the edge', () => {
  it('to an older question are ignored', () => {
    const driver = new Driver({ answers: { a: null } })
    driver.start(plan(step('a')))
    const { generation } = driver.unit('a')
    const skip = { type: 'skip', reason: 'no' } as const
    driver.send({ type: 'unit.resolved', run: 'r1', step: 'a', generation: generation - 1, outcome: skip })
    expect(driver.is('a')).toBe('ready')
    driver.send({ type: 'unit.resolved', run: 'r1', step: 'a', generation, outcome: skip })
    expect(driver.is('a')).toBe('skipped')
  })

  it('never fit a question of the same run after it left memory and came back', () => {
    const driver = new Driver({ answers: { a: null } })
    driver.start(plan(step('a')))
    const { generation } = driver.unit('a')
    driver.cancel()
    driver.reload()
    driver.reopen('start')
    expect(driver.is('a')).toBe('ready')
    expect(driver.unit('a').generation).toBeGreaterThan(generation)
  })
})

describe('pauses and people', () => {
  it('a sleep ends when its time has come, also over a restart', () => {
    const driver = new Driver({ answers: { a: { type: 'sleep', ms: 5_000 } } })
    driver.start(plan(step('a', { kind: 'sleep' }), step('b', { needs: ['a'] })))
    driver.pass(4_999)
    expect(driver.is('a')).toBe('sleeping')
    driver.restart()
    expect(driver.is('a')).toBe('sleeping')
    driver.pass(1)
    expect(driver.is('a')).toBe('succeeded')
    expect(driver.is('b')).toBe('dispatched')
  })

  it('an approval waits for a yes and takes its answers', () => {
    const driver = new Driver({ answers: { ask: { type: 'approval', message: 'go on?' } } })
    driver.start(plan(step('ask', { kind: 'approval' }), step('b', { needs: ['ask'] })))
    driver.restart()
    expect(driver.unit('ask')).toMatchObject({ phase: 'approval', message: 'go on?' })
    driver.answer('ask', true)
    expect(driver.unit('ask')).toMatchObject({ outcome: 'succeeded', outputs: { json: { ok: true } } })
    expect(driver.is('b')).toBe('dispatched')
    expect(driver.answer('ask', false)).toEqual([])
  })

  it('a no fails the step with who and why', () => {
    const driver = new Driver({ answers: { ask: { type: 'approval', message: '' } } })
    driver.start(plan(step('ask', { kind: 'approval' })))
    driver.answer('ask', false)
    expect(driver.unit('ask').error).toEqual({ code: 'rejected', message: 'ana said no: looks off' })
    expect(driver.run().finished).toBe('failed')
  })
})
