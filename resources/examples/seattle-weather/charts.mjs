/** Charts as SVG text. Colours of lines and text come from the page's CSS, so that they follow its light or dark theme. */

const WIDTH = 720
const HEIGHT = 260
const EDGE = { left: 48, right: 20, top: 24, bottom: 32 }
const TICKS_WANTED = 5
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Round numbers that cover `low` to `high`, about five of them: steps of 1, 2 or 5 times a power of ten. */
export const ticks = (low, high) => {
  const span = high - low || 1
  const power = 10 ** Math.floor(Math.log10(span / TICKS_WANTED))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => span / size <= TICKS_WANTED) ?? 10 * power
  const first = Math.floor(low / step)
  // At least two marks: a scale needs a length, also when all values are the same.
  const last = Math.max(Math.ceil(high / step), first + 1)
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}

/** A scale from values to the height of the plot, with its grid. */
const vertical = (values, fromZero) => {
  const marks = ticks(fromZero ? 0 : Math.min(...values), Math.max(...values))
  const low = marks[0]
  const high = marks.at(-1)
  const bottom = HEIGHT - EDGE.bottom
  const y = (value) => bottom - ((value - low) / (high - low)) * (bottom - EDGE.top)
  const grid = marks
    .map((mark) => {
      const at = y(mark).toFixed(1)
      return `<line class="grid" x1="${EDGE.left}" x2="${WIDTH - EDGE.right}" y1="${at}" y2="${at}"/><text class="tick" x="${EDGE.left - 8}" y="${at}" dy="0.32em" text-anchor="end">${mark}</text>`
    })
    .join('')
  return { y, grid }
}

const svg = (label, body, height = HEIGHT) =>
  `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}">${body}</svg>`

/** The centre of each of `count` equal columns of the plot, and their width. */
const columns = (count) => {
  const width = (WIDTH - EDGE.left - EDGE.right) / count
  return { width, x: (i) => EDGE.left + (i + 0.5) * width }
}

const trendLine = (points, line, x, y) => {
  if (line.slope === null) return ''
  const at = ({ year }) => y(line.intercept + line.slope * year).toFixed(1)
  const last = points.length - 1
  return `<line class="trend" x1="${x(0)}" x2="${x(last)}" y1="${at(points[0])}" y2="${at(points[last])}"/>`
}

const yearLabels = (points, x) =>
  points
    .map(({ year }, i) => `<text class="tick" x="${x(i)}" y="${HEIGHT - 10}" text-anchor="middle">${year}</text>`)
    .join('')

/**
 * Points {year, value} joined by a line, with a straight trend line through them.
 *
 * @param label what the chart shows, for readers who hear it
 */
export const lineChart = (points, line, label) => {
  const { y, grid } = vertical(
    points.map(({ value }) => value),
    false,
  )
  const { x } = columns(points.length)
  const path = points.map(({ value }, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`).join(' ')
  const dots = points
    .map(({ year, value }, i) => {
      const above = y(value) - 12
      return `<circle class="dot" cx="${x(i)}" cy="${y(value).toFixed(1)}" r="4.5"><title>${year}: ${value.toFixed(2)}</title></circle><text class="value" x="${x(i)}" y="${above.toFixed(1)}" text-anchor="middle">${value.toFixed(1)}</text>`
    })
    .join('')
  return svg(
    label,
    `${grid}${trendLine(points, line, x, y)}<polyline class="line" points="${path}"/>${dots}${yearLabels(points, x)}`,
  )
}

/** Bars for points {year, value} from zero, with a straight trend line over them. */
export const barChart = (points, line, label) => {
  const { y, grid } = vertical(
    points.map(({ value }) => value),
    true,
  )
  const { x, width } = columns(points.length)
  const bar = Math.min(width * 0.6, 96)
  const bars = points
    .map(({ year, value }, i) => {
      const top = y(value)
      return `<rect class="bar" x="${(x(i) - bar / 2).toFixed(1)}" y="${top.toFixed(1)}" width="${bar.toFixed(1)}" height="${(y(0) - top).toFixed(1)}" rx="3"><title>${year}: ${value.toFixed(1)}</title></rect><text class="value" x="${x(i)}" y="${(top - 8).toFixed(1)}" text-anchor="middle">${value.toFixed(0)}</text>`
    })
    .join('')
  return svg(label, `${grid}${bars}${trendLine(points, line, x, y)}${yearLabels(points, x)}`)
}

/** A colour between two, given as [red, green, blue]; `share` from 0 to 1. */
const blend = (from, to, share) => from.map((part, i) => Math.round(part + (to[i] - part) * share))

/**
 * Months as columns, years as rows, the value in each cell and its size as colour.
 *
 * @param rows {year, values: (number|null)[12]}
 * @param palette colours for the smallest, the middle and the largest value
 */
export const heatMap = (rows, palette, digits, label) => {
  const values = rows.flatMap((row) => row.values).filter((value) => value !== null)
  const low = Math.min(...values)
  const span = Math.max(...values) - low || 1
  const rowHeight = 34
  const { x, width } = columns(12)
  const colour = (value) => {
    const share = (value - low) / span
    return share < 0.5 ? blend(palette[0], palette[1], share * 2) : blend(palette[1], palette[2], share * 2 - 1)
  }
  // Dark text on light cells and the other way round, by the brightness that the eye sees.
  const ink = ([red, green, blue]) => (0.299 * red + 0.587 * green + 0.114 * blue > 150 ? '#17202b' : '#ffffff')
  const cell = (value, column, row) => {
    if (value === null) return ''
    const fill = colour(value)
    const top = EDGE.top + row * rowHeight
    return `<rect x="${(x(column) - width / 2 + 1).toFixed(1)}" y="${top}" width="${(width - 2).toFixed(1)}" height="${rowHeight - 2}" rx="3" fill="rgb(${fill})"/><text x="${x(column).toFixed(1)}" y="${top + rowHeight / 2 - 1}" dy="0.35em" text-anchor="middle" class="cell" fill="${ink(fill)}">${value.toFixed(digits)}</text>`
  }
  const months = MONTHS.map(
    (name, i) => `<text class="tick" x="${x(i).toFixed(1)}" y="14" text-anchor="middle">${name}</text>`,
  ).join('')
  const body = rows
    .map((row, i) => {
      const middle = EDGE.top + i * rowHeight + rowHeight / 2 - 1
      const year = `<text class="tick" x="${EDGE.left - 8}" y="${middle}" dy="0.35em" text-anchor="end">${row.year}</text>`
      return year + row.values.map((value, month) => cell(value, month, i)).join('')
    })
    .join('')
  return svg(label, months + body, EDGE.top + rows.length * rowHeight + 4)
}
