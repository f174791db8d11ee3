import type { AnyStatus } from '../../ui/status.ts'

interface Square {
  readonly x: number
  readonly y: number
  readonly size: number
}

type Shape = (context: CanvasRenderingContext2D) => void

/** In a square of one by one. Status is never told by colour alone: these are the icons of ui/status.ts in few strokes. */
const ring: Shape = (context) => context.arc(0.5, 0.5, 0.4, 0, 2 * Math.PI)
const along =
  (...points: readonly (readonly [number, number])[]): Shape =>
  (context) => {
    for (const [index, [x, y]] of points.entries()) {
      if (index === 0) context.moveTo(x, y)
      else context.lineTo(x, y)
    }
  }
const both =
  (...shapes: readonly Shape[]): Shape =>
  (context) => {
    for (const shape of shapes) shape(context)
  }
const triangle = both(along([0.5, 0.1], [0.92, 0.88], [0.08, 0.88], [0.5, 0.1]), along([0.5, 0.4], [0.5, 0.62]))
const check = both(ring, along([0.7, 0.38], [0.45, 0.64], [0.32, 0.52]))
const cross = both(ring, along([0.38, 0.38], [0.62, 0.62]), along([0.62, 0.38], [0.38, 0.62]))
const bars = both(along([0.35, 0.2], [0.35, 0.8]), along([0.65, 0.2], [0.65, 0.8]))
const square = along([0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.8], [0.2, 0.2])
const diamond = along([0.5, 0.08], [0.92, 0.5], [0.5, 0.92], [0.08, 0.5], [0.5, 0.08])
const skip = both(along([0.2, 0.2], [0.65, 0.5], [0.2, 0.8], [0.2, 0.2]), along([0.8, 0.2], [0.8, 0.8]))
const bolt = along([0.58, 0.08], [0.25, 0.55], [0.72, 0.45], [0.42, 0.92])
const turning: Shape = (context) => context.arc(0.5, 0.5, 0.4, -Math.PI / 2, Math.PI)

const SHAPES: Record<AnyStatus, Shape> = {
  blocked: ring,
  queued: ring,
  dispatched: turning,
  running: turning,
  waiting: bars,
  suspended: bars,
  cancelling: square,
  succeeded: check,
  cached: diamond,
  skipped: skip,
  failed: triangle,
  timeout: triangle,
  abandoned: bolt,
  cancelled: cross,
}

const STROKE = 0.11

export function paintStatus(
  status: AnyStatus,
  { x, y, size }: Square,
  context: CanvasRenderingContext2D,
  colour: string,
): void {
  context.save()
  context.translate(x, y)
  context.scale(size, size)
  context.lineWidth = STROKE
  context.lineCap = 'round'
  context.lineJoin = 'round'
  context.strokeStyle = colour
  context.beginPath()
  SHAPES[status](context)
  context.stroke()
  context.restore()
}
