/**
 * Where a window stands in a list of rows of which only those in sight are drawn. Pure; the drawing measures heights.
 *
 * The scrollbar belongs to an empty box. Browsers limit its height (Chromium: about 33 million px), so that beyond
 * {@link MAX_SPACER} one pixel of the bar stands for several of the list; wheel and keys still move by real pixels.
 */
export interface Place {
  /** The row at the top edge, and how many of its pixels are above the edge */
  readonly row: number
  readonly px: number
}

export interface Extent {
  readonly rows: number
  readonly rowHeight: number
  readonly viewport: number
  /** Rows may be higher than `rowHeight`, as drawing them tells */
  readonly isWrapped: boolean
}

export const MAX_SPACER = 15_000_000
/** Rows drawn beyond each edge. */
export const OVERSCAN = 12

export const spacerOf = ({ rows, rowHeight, viewport }: Extent): number =>
  Math.max(viewport, Math.min(rows * rowHeight, MAX_SPACER))

/** Whether the bar's pixels are those of the list: then the browser's own scrolling does it all. */
export const isExact = (extent: Extent): boolean => !extent.isWrapped && extent.rows * extent.rowHeight <= MAX_SPACER

const rangeOf = (extent: Extent): number => spacerOf(extent) - extent.viewport
const topOf = ({ rows, rowHeight, viewport }: Extent): number => Math.max(0, rows * rowHeight - viewport)

/** The last place; of wrapped rows the drawing knows where it really is. */
export function endOf(extent: Extent): Place {
  if (extent.isWrapped) return { row: Math.max(0, extent.rows - 1), px: 0 }
  return placeAt(topOf(extent), extent)
}

function placeAt(pixels: number, { rows, rowHeight }: Extent): Place {
  const row = Math.max(0, Math.min(rows - 1, Math.floor(pixels / rowHeight)))
  return { row, px: Math.max(0, pixels - row * rowHeight) }
}

/** Where the list stands when the bar stands at `scrollTop`. */
export function placeOfScroll(scrollTop: number, extent: Extent): Place {
  if (isExact(extent)) return placeAt(scrollTop, extent)
  const range = rangeOf(extent)
  const part = range <= 0 ? 0 : Math.max(0, Math.min(1, scrollTop / range))
  if (!extent.isWrapped) return placeAt(part * topOf(extent), extent)
  const row = part * Math.max(0, extent.rows - 1)
  return { row: Math.floor(row), px: (row % 1) * extent.rowHeight }
}

/** Where the bar stands when the list stands at `place`. */
export function scrollOfPlace(place: Place, extent: Extent): number {
  const { rows, rowHeight } = extent
  if (isExact(extent)) return place.row * rowHeight + place.px
  if (!extent.isWrapped) {
    const top = topOf(extent)
    return top === 0 ? 0 : ((place.row * rowHeight + place.px) / top) * rangeOf(extent)
  }
  const part = (place.row + Math.min(1, place.px / rowHeight)) / Math.max(1, rows - 1)
  return Math.min(1, part) * rangeOf(extent)
}

/** Moves by real pixels over rows of any height. */
export function moved(place: Place, by: number, extent: Extent, heightOf: (row: number) => number): Place {
  let { row } = place
  let px = place.px + by
  while (px < 0 && row > 0) {
    row -= 1
    px += heightOf(row)
  }
  while (row < extent.rows - 1 && px >= heightOf(row)) {
    px -= heightOf(row)
    row += 1
  }
  const there = { row, px: Math.max(0, px) }
  if (extent.isWrapped) return there
  const end = endOf(extent)
  return there.row > end.row || (there.row === end.row && there.px > end.px) ? end : there
}

/** So that the row is in sight: where it is when it is, else with the row at a third of the height. */
export function revealed(row: number, place: Place, extent: Extent): Place {
  const { rowHeight, viewport, rows } = extent
  const inSight = Math.floor(viewport / rowHeight)
  if (row > place.row && row < place.row + inSight - 1) return place
  const wanted = { row: Math.max(0, Math.min(rows - 1, row - Math.floor(inSight / 3))), px: 0 }
  return moved(wanted, 0, extent, () => rowHeight)
}

/** Rows to draw. Near the end of wrapped rows a whole window before the last row is drawn: rows may be high. */
export function drawn(place: Place, extent: Extent): { readonly from: number; readonly to: number } {
  const inSight = Math.ceil(extent.viewport / extent.rowHeight) + 1
  const to = Math.min(extent.rows, place.row + inSight + OVERSCAN)
  const from = Math.max(0, Math.min(place.row, extent.isWrapped ? to - inSight : place.row) - OVERSCAN)
  return { from, to }
}
