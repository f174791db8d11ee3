import { z } from 'zod'

export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export const MIN_WIDTH = 390
export const MIN_HEIGHT = 500
const USUAL_WIDTH = 1280
const USUAL_HEIGHT = 820
/** So much of the top of a window must be on a screen, that a person can take hold of it. */
const GRIP_WIDTH = 120
const GRIP_HEIGHT = 30
/** How far a further window is put beside the one before. */
const CASCADE = 28

const Bounds = z.object({ x: z.int(), y: z.int(), width: z.int().min(1), height: z.int().min(1) })
/** How a window was left. */
export const WindowState = z.object({
  bounds: Bounds,
  isMaximized: z.boolean(),
  isFullScreen: z.boolean(),
  zoom: z.number().min(-5).max(5),
})
export type WindowState = z.infer<typeof WindowState>

/**
 * Where a window shall be: as it was left if a screen of now shows enough of it, in the middle of the first screen
 * otherwise, and never larger than its screen.
 * @param areas usable areas of the screens, the first one first
 */
export function boundsFor(left: Rectangle | null, areas: readonly Rectangle[]): Rectangle {
  const home = left === null ? undefined : areas.find((area) => isGrippable(left, area))
  const [first = { x: 0, y: 0, width: USUAL_WIDTH, height: USUAL_HEIGHT }] = areas
  if (left === null || home === undefined) {
    const width = Math.min(left?.width ?? USUAL_WIDTH, first.width)
    const height = Math.min(left?.height ?? USUAL_HEIGHT, first.height)
    return {
      x: first.x + Math.round((first.width - width) / 2),
      y: first.y + Math.round((first.height - height) / 2),
      width,
      height,
    }
  }
  return {
    x: left.x,
    y: left.y,
    width: Math.max(MIN_WIDTH, Math.min(left.width, home.width)),
    height: Math.max(MIN_HEIGHT, Math.min(left.height, home.height)),
  }
}

function isGrippable(window: Rectangle, area: Rectangle): boolean {
  const overlap = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x)
  return overlap >= GRIP_WIDTH && window.y >= area.y - 1 && window.y + GRIP_HEIGHT <= area.y + area.height
}

/** Beside the window that is open already. */
export const cascaded = ({ x, y, width, height }: Rectangle): Rectangle => ({
  x: x + CASCADE,
  y: y + CASCADE,
  width,
  height,
})
