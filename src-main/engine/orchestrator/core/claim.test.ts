import { describe, expect, it } from 'vitest'
import { type Claim, takesTurn } from './claim.ts'

const room = (cpus: number, gpus = 0) => ({ cpus, memoryBytes: 0, gpus })
const claim = (next: number, least: number, isOverdue = false): Claim => ({
  next: room(next),
  least: room(least),
  isOverdue,
})

describe('what another project waits for', () => {
  it('is left to it where it fits by now', () => {
    expect(takesTurn(claim(8, 1), room(1), room(1))).toBe(true)
    expect(takesTurn(claim(8, 1), room(2), room(1))).toBe(false)
  })

  it('keeps nothing idle where it does not fit, until it has waited too long', () => {
    expect(takesTurn(claim(8, 8), room(7), room(1))).toBe(false)
    expect(takesTurn(claim(8, 8, true), room(7), room(1))).toBe(true)
    expect(takesTurn(claim(4, 4, true), room(5), room(1))).toBe(false)
  })

  it('is in the way only of what takes the same', () => {
    const ofGpu = { next: room(0, 1), least: room(0, 1), isOverdue: true }
    expect(takesTurn(ofGpu, room(2, 0), room(2))).toBe(false)
    expect(takesTurn(ofGpu, room(2, 1), room(1, 1))).toBe(true)
    expect(takesTurn(claim(4, 4, true), room(0), room(0))).toBe(false)
  })

  it('is not disturbed by fractions', () => {
    expect(takesTurn(claim(0.1, 0.1), room(0.1 + 0.2), room(0.2))).toBe(false)
  })
})
