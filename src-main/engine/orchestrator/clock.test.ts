import { describe, expect, it } from 'vitest'
import { createClock } from './clock.ts'

/** A machine whose two clocks are set by hand. */
const machine = (wall: number, notBefore = 0) => {
  const at = { wall, monotonic: 5_000 }
  const clock = createClock(
    notBefore,
    () => at.wall,
    () => at.monotonic,
  )
  const pass = (ms: number): void => {
    at.wall += ms
    at.monotonic += ms
  }
  return { at, clock, pass }
}

describe('the steady clock', () => {
  it('follows the machine', () => {
    const { clock, pass } = machine(1_000_000)
    expect(clock.now()).toBe(1_000_000)
    pass(250.7)
    expect(clock.now()).toBe(1_000_250)
    expect(clock.check()).toBe(0)
  })

  it('never goes back when the machine is set back, and waits for it', () => {
    const { at, clock, pass } = machine(1_000_000)
    clock.now()
    at.wall -= 3_600_000
    expect(clock.check()).toBe(0)
    pass(10)
    expect(clock.now()).toBe(1_000_010)
  })

  it('catches up when the machine was set forward or slept, and says by how much', () => {
    const { at, clock, pass } = machine(1_000_000)
    at.wall += 3_600_000
    expect(clock.check()).toBe(3_600_000)
    expect(clock.now()).toBe(4_600_000)
    pass(1)
    expect(clock.check()).toBe(0)
  })

  it('takes small differences for drift', () => {
    const { at, clock } = machine(1_000_000)
    at.wall += 1_999
    expect(clock.check()).toBe(0)
  })

  it('starts no earlier than what was written before', () => {
    const { clock, pass } = machine(1_000_000, 2_000_000)
    expect(clock.now()).toBe(2_000_000)
    pass(5)
    expect(clock.now()).toBe(2_000_005)
  })
})
