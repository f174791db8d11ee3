import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  drawn,
  type Extent,
  endOf,
  isExact,
  MAX_SPACER,
  moved,
  placeOfScroll,
  revealed,
  scrollOfPlace,
  spacerOf,
} from './place.ts'

const extent = (rows: number, isWrapped = false): Extent => ({ rows, rowHeight: 20, viewport: 600, isWrapped })
const pixels = ({ row, px }: { row: number; px: number }): number => row * 20 + px
const high = (): number => 20

const anyRows = fc.oneof(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 700_000, max: 40_000_000 }))

describe('where a window stands', () => {
  test('the box of the bar is never higher than a browser can', () => {
    fc.assert(fc.property(anyRows, (rows) => spacerOf(extent(rows)) <= MAX_SPACER))
    expect(isExact(extent(700_000))).toBe(true)
    expect(isExact(extent(1_000_000))).toBe(false)
  })

  test('the ends of the bar are the ends of the list, however long', () => {
    fc.assert(
      fc.property(anyRows, fc.boolean(), (rows, isWrapped) => {
        const whole = extent(rows, isWrapped)
        expect(placeOfScroll(0, whole)).toEqual({ row: 0, px: 0 })
        const last = placeOfScroll(spacerOf(whole) - whole.viewport, whole)
        if (isWrapped && rows * 20 > 600) expect(last.row).toBe(rows - 1)
        else if (!isWrapped) expect(pixels(last)).toBeCloseTo(Math.max(0, rows * 20 - 600), 2)
      }),
    )
  })

  test('place and bar tell the same', () => {
    fc.assert(
      fc.property(anyRows, fc.double({ min: 0, max: 1, noNaN: true }), (rows, part) => {
        const whole = extent(rows)
        const top = part * (spacerOf(whole) - whole.viewport)
        expect(scrollOfPlace(placeOfScroll(top, whole), whole)).toBeCloseTo(top, 1)
      }),
    )
  })

  test('moving by pixels and back comes to the same place, unless an end is in the way', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_000 }), fc.integer({ min: 1, max: 3_000 }), (row, by) => {
        const whole = extent(1_000_000)
        expect(moved(moved({ row, px: 7 }, by, whole, high), -by, whole, high)).toEqual({ row, px: 7 })
      }),
    )
    expect(moved({ row: 2, px: 0 }, -1_000, extent(1_000_000), high)).toEqual({ row: 0, px: 0 })
    expect(moved({ row: 999_960, px: 0 }, 5_000, extent(1_000_000), high)).toEqual(endOf(extent(1_000_000)))
  })

  test('moving passes rows of any height', () => {
    const heights = (row: number): number => (row % 2 === 0 ? 20 : 100)
    expect(moved({ row: 0, px: 0 }, 130, extent(100, true), heights)).toEqual({ row: 2, px: 10 })
    expect(moved({ row: 2, px: 10 }, -130, extent(100, true), heights)).toEqual({ row: 0, px: 0 })
  })

  test('what is drawn covers what is in sight', () => {
    fc.assert(
      fc.property(anyRows, fc.boolean(), fc.double({ min: 0, max: 1, noNaN: true }), (rows, isWrapped, part) => {
        const whole = extent(rows, isWrapped)
        const place = placeOfScroll(part * (spacerOf(whole) - whole.viewport), whole)
        const { from, to } = drawn(place, whole)
        expect(from).toBeLessThanOrEqual(place.row)
        expect(to).toBeGreaterThanOrEqual(Math.min(rows, place.row + 31))
        expect(to - from).toBeLessThan(100)
      }),
    )
  })

  test('a row that is in sight stays where it is; another comes to a third of the height', () => {
    const whole = extent(1_000_000)
    expect(revealed(105, { row: 100, px: 3 }, whole)).toEqual({ row: 100, px: 3 })
    expect(revealed(500_000, { row: 100, px: 3 }, whole)).toEqual({ row: 499_990, px: 0 })
    expect(revealed(999_999, { row: 0, px: 0 }, whole)).toEqual(endOf(whole))
    expect(revealed(0, { row: 100, px: 3 }, whole)).toEqual({ row: 0, px: 0 })
  })
})
