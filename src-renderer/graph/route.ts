import type { Point } from './simple-layout.ts'
import { BODY_PORT_Y } from './size.ts'

/** A path along points, with round corners, as SVG writes it. */
export function roundedPath(points: readonly Point[], radius: number): string {
  const [first, ...rest] = points
  if (first === undefined) return ''
  let path = `M${first.x} ${first.y}`
  for (const [index, point] of rest.entries()) {
    const before = points[index] ?? first
    const after = rest[index + 1]
    if (after === undefined) {
      path += ` L${point.x} ${point.y}`
      continue
    }
    const room = Math.min(radius, distance(before, point) / 2, distance(point, after) / 2)
    const [from, to] = [towards(point, before, room), towards(point, after, room)]
    path += ` L${from.x} ${from.y} Q${point.x} ${point.y} ${to.x} ${to.y}`
  }
  return path
}

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y)

function towards(from: Point, to: Point, by: number): Point {
  const length = distance(from, to)
  if (length === 0) return from
  return { x: from.x + ((to.x - from.x) * by) / length, y: from.y + ((to.y - from.y) * by) / length }
}

/** How far a line that leads back to its own node keeps from it. */
const LOOP_SIDE = 14
const LOOP_ABOVE = 16

/** From the right side of a node over its head to its left side: it calls itself. */
export function loopAround(from: Point, to: Point): Point[] {
  const top = from.y - BODY_PORT_Y - LOOP_ABOVE
  return [
    from,
    { x: from.x + LOOP_SIDE, y: from.y },
    { x: from.x + LOOP_SIDE, y: top },
    { x: to.x - LOOP_SIDE, y: top },
    { x: to.x - LOOP_SIDE, y: to.y },
    to,
  ]
}

/** The point in the middle of a way. */
export function halfWay(points: readonly Point[]): Point {
  const lengths = points.slice(1).map((point, index) => distance(points[index] ?? point, point))
  let left = lengths.reduce((sum, length) => sum + length, 0) / 2
  for (const [index, length] of lengths.entries()) {
    const [from, to] = [points[index], points[index + 1]]
    if (from !== undefined && to !== undefined && left <= length) return towards(from, to, left)
    left -= length
  }
  return points[0] ?? { x: 0, y: 0 }
}
