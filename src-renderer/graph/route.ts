import type { Point } from './simple-layout.ts'

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
