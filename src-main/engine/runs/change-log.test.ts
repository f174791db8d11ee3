import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createChangeLog } from './change-log.ts'

interface Thing {
  readonly name: string
}

describe('a log of changes', () => {
  test('names what changed after a cursor, each once', () => {
    const [a, b, c]: Thing[] = ['a', 'b', 'c'].map((name) => ({ name }))
    const log = createChangeLog<Thing>()
    if (a === undefined || b === undefined || c === undefined) throw new Error('no things')
    log.mark(a, 3)
    log.mark(b, 3)
    log.mark(a, 5)
    log.mark(a, 5)
    log.mark(c, 7)
    expect([...(log.after(2) ?? [])]).toEqual([a, b, c])
    expect([...(log.after(3) ?? [])]).toEqual([a, c])
    expect([...(log.after(5) ?? [])]).toEqual([c])
    expect([...(log.after(9) ?? [])]).toEqual([])
  })

  test('asks for the whole when it was marked so, or more changed than it keeps', () => {
    const things = Array.from({ length: 50 }, (_, n) => ({ name: String(n) }))
    const log = createChangeLog<Thing>(10)
    log.markAll(4)
    expect(log.after(3)).toBeNull()
    expect(log.after(4)?.size).toBe(0)
    for (const [n, thing] of things.entries()) log.mark(thing, 5 + n)
    expect(log.after(4)).toBeNull()
    expect(log.after(53)?.size).toBe(1)
    expect(log.after(44)?.size).toBe(10)
  })

  test('never leaves out a change, whatever was marked', () => {
    const step = fc.record({
      thing: fc.integer({ min: 0, max: 9 }),
      forward: fc.integer({ min: 0, max: 2 }),
      all: fc.boolean(),
    })
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 80 }),
        fc.integer({ min: 1, max: 20 }),
        fc.nat(100),
        (steps, kept, asked) => {
          const things = Array.from({ length: 10 }, (_, n) => ({ name: String(n) }))
          const log = createChangeLog<Thing>(kept)
          const last = new Map<Thing, number>()
          let cursor = 1
          let wholeAt = 0
          for (const { thing, forward, all } of steps) {
            cursor += forward
            const chosen = things[thing]
            if (chosen === undefined) continue
            if (all && forward === 2) {
              log.markAll(cursor)
              wholeAt = cursor
            }
            log.mark(chosen, cursor)
            last.set(chosen, cursor)
          }
          const answer = log.after(asked)
          if (answer === null) return
          expect(asked).toBeGreaterThanOrEqual(wholeAt)
          for (const [thing, at] of last) expect(answer.has(thing)).toBe(at > asked)
        },
      ),
      { numRuns: 500 },
    )
  })
})
