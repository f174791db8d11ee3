import { saveAs } from '../../../ui/save.ts'
import { AXIS_PX, drawTimeline, type Picture, ROW_PX } from './draw.ts'
import { canvasSurface, svgSurface } from './surface.ts'

/** Room for the names of the steps beside the bars. */
const NAMES_PX = 220
const LONGEST_NAME = 32
/** More rows than that make a picture that nothing opens. */
const MOST_ROWS = 20_000

/** All rows as a picture for papers and reports. */
export function saveSvg(name: string, picture: Picture): void {
  const rows = picture.rows.slice(0, MOST_ROWS)
  const height = AXIS_PX + rows.length * ROW_PX
  const surface = svgSurface(NAMES_PX + picture.width, height)
  drawNames(surface, { ...picture, rows, height, scrollTop: 0 })
  drawTimeline(surface, { ...picture, rows, left: NAMES_PX, height, scrollTop: 0, selected: undefined, hovered: null })
  saveAs(`${name}.svg`, surface.finish(picture.palette.panel), 'image/svg+xml')
}

/** What is seen, at twice its size. */
export async function savePng(name: string, seen: Picture): Promise<void> {
  const rowsEnd = AXIS_PX + seen.rows.length * ROW_PX - seen.scrollTop
  const picture = { ...seen, height: Math.min(seen.height, rowsEnd) }
  const SCALE = 2
  const canvas = document.createElement('canvas')
  canvas.width = (NAMES_PX + picture.width) * SCALE
  canvas.height = picture.height * SCALE
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('This window cannot draw pictures.')
  context.scale(SCALE, SCALE)
  context.fillStyle = picture.palette.panel
  context.fillRect(0, 0, NAMES_PX + picture.width, picture.height)
  const surface = canvasSurface(context)
  drawNames(surface, picture)
  drawTimeline(surface, { ...picture, left: NAMES_PX, hovered: null })
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
  if (blob === null) throw new Error('The picture is too large for this window.')
  saveAs(`${name}.png`, blob)
}

function drawNames(surface: ReturnType<typeof canvasSurface>, { rows, palette, scrollTop, height }: Picture): void {
  surface.clip(0, AXIS_PX, NAMES_PX, height - AXIS_PX)
  const first = Math.max(0, Math.floor(scrollTop / ROW_PX))
  const last = Math.min(rows.length, Math.ceil((scrollTop + height) / ROW_PX))
  for (const [i, { key, depth }] of rows.slice(first, last).entries()) {
    const y = AXIS_PX + (first + i) * ROW_PX - scrollTop + ROW_PX / 2
    const name = key.length > LONGEST_NAME ? `${key.slice(0, LONGEST_NAME)}…` : key
    surface.text(12 + depth * 16, y, name, palette.text, { size: 12 })
  }
  surface.unclip()
}
