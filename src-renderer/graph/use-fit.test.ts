import { describe, expect, it } from 'vitest'
import { flowNodes } from './flow-elements.ts'
import { graphOf } from './model.ts'
import { NODE_WIDTH } from './size.ts'
import { viewOf } from './use-fit.ts'

const GAP = 300
const ROOM = { width: 400, height: 800 }
const LEAST = 0.6

/** Steps in a row, one of them selected. */
function row(count: number, selected: number | null) {
  const names = Array.from({ length: count }, (_, at) => `s${at}`)
  const graph = graphOf({ steps: Object.fromEntries(names.map((name) => [name, { run: 'true' }])) })
  const positions = Object.fromEntries(names.map((name, at) => [name, { x: at * GAP, y: 0 }]))
  const chosen = new Set(selected === null ? [] : [`s${selected}`])
  return flowNodes({ graph, positions, selected: chosen, marks: new Map(), isEditable: false }, [])
}

describe('what is shown of a picture', () => {
  it('is all of it when that can be read', () => {
    const { x, zoom } = viewOf(row(2, null), { width: 1000, height: 800 }, LEAST)
    expect(zoom).toBe(1)
    expect(x).toBe((1000 - GAP - NODE_WIDTH) / 2)
  })

  it('is its beginning when all of it would be too small', () => {
    const { x, zoom } = viewOf(row(10, null), ROOM, LEAST)
    expect(zoom).toBe(LEAST)
    expect(x).toBeGreaterThan(0)
    expect(x).toBeLessThan(40)
  })

  it('is the part with the selected step', () => {
    for (const at of [0, 5, 9]) {
      const { x, zoom } = viewOf(row(10, at), ROOM, LEAST)
      const left = at * GAP * zoom + x
      expect(left, `step ${at}`).toBeGreaterThanOrEqual(0)
      expect(left + NODE_WIDTH * zoom, `step ${at}`).toBeLessThanOrEqual(ROOM.width)
    }
  })
})
