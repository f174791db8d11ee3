import type { Detail, StepState } from '../contexts.ts'
import type { Colours } from './colours.ts'
import type { Box, Line, Scene } from './scene.ts'
import { paintStatus } from './status-shapes.ts'

export interface View {
  /** Pixels of the screen: where the picture's origin stands */
  readonly x: number
  readonly y: number
  readonly zoom: number
  readonly width: number
  readonly height: number
}

interface Painting {
  readonly context: CanvasRenderingContext2D
  readonly view: View
  readonly colours: Colours
  readonly detail: Detail
  readonly stateOf: (step: string) => StepState | null
}

/** All that can be seen of the picture, in the look that nodes have from afar (StepNode.module.css). */
export function paint(scene: Scene, painting: Painting): void {
  const { context, view, colours } = painting
  context.fillStyle = colours.back
  context.fillRect(0, 0, view.width, view.height)
  paintLines(scene.lines, painting)
  const { zoom } = view
  if (painting.detail === 'name') context.font = `600 ${NAME_SIZE * zoom}px ${colours.font}`
  context.textBaseline = 'middle'
  for (const box of scene.boxes) {
    const x = box.x * zoom + view.x
    const y = box.y * zoom + view.y
    const width = box.width * zoom
    const height = box.height * zoom
    if (x > view.width || y > view.height || x + width < 0 || y + height < 0) continue
    const place = { x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height) }
    if (painting.detail === 'name') paintNamed(box, place, painting)
    else paintPlain(box, place, painting)
  }
}

/** Widths of lines by detail, as in Flow.module.css. */
const WIRES: Record<Detail, number> = { full: 1.5, name: 3, box: 10 }

/** Their parts are level or upright: rectangles on whole pixels, which cost far less than strokes. */
function paintLines(lines: readonly Line[], { context, view, colours, detail }: Painting): void {
  const { x, y, zoom, width, height } = view
  const thick = Math.max(1, Math.round(WIRES[detail] * zoom))
  const [left, top, right, bottom] = [-x / zoom, -y / zoom, (width - x) / zoom, (height - y) / zoom]
  for (const line of lines) {
    if (line.left > right || line.right < left || line.top > bottom || line.bottom < top) continue
    context.fillStyle = line.isOnPath ? colours.accent : line.kind === 'condition' ? colours.condition : colours.line
    const { points } = line
    for (let i = 2; i < points.length; i += 2) {
      const x1 = Math.round((points[i - 2] ?? 0) * zoom + x)
      const y1 = Math.round((points[i - 1] ?? 0) * zoom + y)
      const x2 = Math.round((points[i] ?? 0) * zoom + x)
      const y2 = Math.round((points[i + 1] ?? 0) * zoom + y)
      context.fillRect(Math.min(x1, x2), Math.min(y1, y2), Math.abs(x2 - x1) + thick, Math.abs(y2 - y1) + thick)
    }
  }
}

interface Place {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const colourOf = (box: Box, { colours, stateOf }: Painting): string => {
  const state = stateOf(box.id)
  return (state === null ? colours.tones[box.tone] : colours.states[state.status]) ?? colours.border
}

/** So small that only its colour says anything. */
function paintPlain(box: Box, { x, y, width, height }: Place, painting: Painting): void {
  const { context, colours } = painting
  context.fillStyle = colours.raised
  context.fillRect(x, y, width, height)
  context.globalAlpha = PLAIN_TONE
  context.fillStyle =
    box.mark === null ? colourOf(box, painting) : box.mark === 'error' ? colours.failed : colours.warning
  context.fillRect(x, y, width, height)
  context.globalAlpha = 1
  if (box.isSelected) outline({ x, y, width, height }, 2, colours.accent, context)
}
const PLAIN_TONE = 0.5

/** Sizes of the parts of a node, at its own scale. */
const NAME_SIZE = 24
const BAR = 8
const BORDER = 2
const PADDING = 10
const SHAPE = 26
const ITEMS = 5

function paintNamed(box: Box, place: Place, painting: Painting): void {
  const { context, colours, view } = painting
  const { x, y, width, height } = place
  const { zoom } = view
  const state = painting.stateOf(box.id)
  const tone = colourOf(box, painting)
  const border = Math.max(1, Math.round(BORDER * zoom))
  const bar = Math.max(2, Math.round(BAR * zoom))
  context.fillStyle = box.mark === null ? colours.border : box.mark === 'error' ? colours.failed : colours.warning
  context.fillRect(x, y, width, height)
  context.fillStyle = colours.raised
  context.fillRect(x + bar, y + border, width - bar - border, height - 2 * border)
  context.fillStyle = tone
  context.fillRect(x, y, bar, height)
  let start = x + bar + PADDING * zoom
  const middle = y + height / 2
  if (state !== null) {
    const size = SHAPE * zoom
    paintStatus(state.status, { x: start, y: middle - size / 2, size }, context, tone)
    start += size + PADDING * zoom
  }
  context.fillStyle = colours.text
  const room = (x + width - start) / zoom - PADDING
  const text = shortened(box.name, room, context, view.zoom)
  context.fillText(text, start, state?.fanOut == null ? middle : middle - NAME_SIZE * zoom * 0.3)
  if (state?.fanOut != null) paintItems(state.fanOut, place, painting)
  if (box.isSelected) outline(place, Math.max(2, border), colours.accent, context)
}

function paintItems(
  { total, done, failed }: NonNullable<StepState['fanOut']>,
  { x, y, width, height }: Place,
  { context, colours, view }: Painting,
): void {
  const thick = Math.max(2, Math.round(ITEMS * view.zoom))
  const part = (count: number): number => (total === 0 ? 0 : Math.round((width * count) / total))
  context.fillStyle = colours.failed
  context.fillRect(x, y + height - thick, part(failed), thick)
  context.fillStyle = colours.succeeded
  context.fillRect(x + part(failed), y + height - thick, part(done - failed), thick)
}

function outline(place: Place, thick: number, colour: string, context: CanvasRenderingContext2D): void {
  const { x, y, width, height } = place
  context.fillStyle = colour
  context.fillRect(x - thick, y - thick, width + 2 * thick, thick)
  context.fillRect(x - thick, y + height, width + 2 * thick, thick)
  context.fillRect(x - thick, y, thick, height)
  context.fillRect(x + width, y, thick, height)
}

/** Measured once: at each frame it would cost more than the painting. By name, the room is the same for all but those with a state. */
const short = new Map<string, string>()
const MANY = 20_000

function shortened(name: string, room: number, context: CanvasRenderingContext2D, zoom: number): string {
  const key = `${Math.round(room / ROOM_STEP)} ${name}`
  const known = short.get(key)
  if (known !== undefined) return known
  if (short.size > MANY) short.clear()
  const widthOf = (text: string): number => context.measureText(text).width / zoom
  let text = name
  if (widthOf(name) > room) {
    let length = name.length
    while (length > 1 && widthOf(`${name.slice(0, length)}…`) > room) length -= 1
    text = `${name.slice(0, length)}…`
  }
  short.set(key, text)
  return text
}
/** Differences smaller than this come from rounding to pixels. */
const ROOM_STEP = 8
