import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cyclesOf, topologicalOrder } from './order.ts'

const graph = (needs: Record<string, string[]>) => new Map(Object.entries(needs))

describe('topologicalOrder', () => {
  it('keeps the written order among what is ready', () => {
    expect(topologicalOrder(graph({ d: ['a'], c: [], b: ['c'], a: [] }))).toEqual(['c', 'b', 'a', 'd'])
    expect(topologicalOrder(graph({ z: [], y: [], x: [] }))).toEqual(['z', 'y', 'x'])
  })

  it('leaves out cycles, which are named', () => {
    const needs = graph({ a: ['b'], b: ['c'], c: ['b'], d: [], e: ['e'], f: ['a', 'd'] })
    const order = topologicalOrder(needs)
    expect(order).toEqual(['d'])
    expect(cyclesOf(needs, order)).toEqual([
      ['b', 'c', 'b'],
      ['e', 'e'],
    ])
  })

  it('takes a chain of any length', () => {
    const needs = new Map(Array.from({ length: 20_000 }, (_, i) => [`s${i}`, i === 19_999 ? [] : [`s${i + 1}`]]))
    expect(topologicalOrder(needs)[0]).toBe('s19999')
    needs.set('s19999', ['s0'])
    expect(cyclesOf(needs, topologicalOrder(needs))[0]).toHaveLength(20_001)
  })

  it('orders every graph without cycles, and finds a real cycle in every other', () => {
    const arbitrary = fc
      .integer({ min: 1, max: 12 })
      .chain((size) =>
        fc.array(fc.uniqueArray(fc.nat(size - 1), { maxLength: 3 }), { minLength: size, maxLength: size }),
      )
    fc.assert(
      fc.property(arbitrary, (edges) => {
        const needs = new Map(edges.map((to, i) => [`n${i}`, to.map((n) => `n${n}`)]))
        const order = topologicalOrder(needs)
        for (const [i, name] of order.entries())
          for (const need of needs.get(name) ?? []) expect(order.slice(0, i)).toContain(need)
        const cycles = cyclesOf(needs, order)
        expect(cycles.length > 0).toBe(order.length < needs.size)
        for (const cycle of cycles) {
          expect(cycle[0]).toBe(cycle.at(-1))
          for (const [i, name] of cycle.slice(0, -1).entries()) expect(needs.get(name)).toContain(cycle[i + 1])
        }
      }),
    )
  })
})
