/** What the timeline is drawn on: the screen, or a file. Colours are CSS colours. */
export interface Surface {
  rect(x: number, y: number, width: number, height: number, color: string, style?: RectStyle): void
  line(x1: number, y1: number, x2: number, y2: number, color: string, dash?: boolean): void
  text(x: number, y: number, text: string, color: string, style?: TextStyle): void
  /** What is drawn until `unclip` is seen only within this rectangle */
  clip(x: number, y: number, width: number, height: number): void
  unclip(): void
}

export interface RectStyle {
  /** Stripes instead of a plane: time in which nothing was done */
  readonly hatched?: boolean
  readonly alpha?: number
  readonly radius?: number
}

export interface TextStyle {
  readonly size?: number
  readonly align?: 'left' | 'center' | 'right'
  readonly weight?: number
}

const FONT = "'Inter Variable', system-ui, sans-serif"
const HATCH_PX = 6

export function canvasSurface(context: CanvasRenderingContext2D): Surface {
  const patterns = new Map<string, CanvasPattern | null>()
  const hatch = (color: string): CanvasPattern | string => {
    let pattern = patterns.get(color)
    if (pattern === undefined) {
      pattern = hatchPattern(context, color)
      patterns.set(color, pattern)
    }
    return pattern ?? color
  }
  return {
    rect(x, y, width, height, color, { hatched = false, alpha = 1, radius = 0 } = {}) {
      context.globalAlpha = alpha
      context.fillStyle = hatched ? hatch(color) : color
      if (radius === 0 || width < radius * 2) context.fillRect(x, y, width, height)
      else {
        context.beginPath()
        context.roundRect(x, y, width, height, radius)
        context.fill()
      }
      context.globalAlpha = 1
    },
    line(x1, y1, x2, y2, color, dash = false) {
      context.strokeStyle = color
      context.lineWidth = 1
      context.setLineDash(dash ? [4, 3] : [])
      context.beginPath()
      context.moveTo(x1, y1)
      context.lineTo(x2, y2)
      context.stroke()
    },
    text(x, y, text, color, { size = 11, align = 'left', weight = 400 } = {}) {
      context.font = `${weight} ${size}px ${FONT}`
      context.fillStyle = color
      context.textAlign = align
      context.textBaseline = 'middle'
      context.fillText(text, x, y)
    },
    clip(x, y, width, height) {
      context.save()
      context.beginPath()
      context.rect(x, y, width, height)
      context.clip()
    },
    unclip: () => context.restore(),
  }
}

function hatchPattern(context: CanvasRenderingContext2D, color: string): CanvasPattern | null {
  const tile = document.createElement('canvas')
  tile.width = HATCH_PX
  tile.height = HATCH_PX
  const inner = tile.getContext('2d')
  if (inner === null) return null
  inner.globalAlpha = 0.18
  inner.fillStyle = color
  inner.fillRect(0, 0, HATCH_PX, HATCH_PX)
  inner.globalAlpha = 0.75
  inner.strokeStyle = color
  inner.lineWidth = 1.2
  inner.beginPath()
  for (const offset of [-HATCH_PX, 0, HATCH_PX]) {
    inner.moveTo(offset, HATCH_PX)
    inner.lineTo(offset + HATCH_PX, 0)
  }
  inner.stroke()
  return context.createPattern(tile, 'repeat')
}

/** The same as a picture in text. `finish` answers all of it. */
export function svgSurface(width: number, height: number): Surface & { finish(background: string): string } {
  const parts: string[] = []
  const hatches = new Map<string, string>()
  const clips: string[] = []
  const hatch = (color: string): string => {
    const id = hatches.get(color) ?? `h${hatches.size}`
    hatches.set(color, id)
    return `url(#${id})`
  }
  return {
    rect(x, y, w, h, color, { hatched = false, alpha = 1, radius = 0 } = {}) {
      const fill = hatched ? hatch(color) : color
      parts.push(
        `<rect x="${num(x)}" y="${num(y)}" width="${num(w)}" height="${num(h)}" fill="${escapeXml(fill)}"` +
          `${alpha === 1 ? '' : ` opacity="${alpha}"`}${radius === 0 ? '' : ` rx="${radius}"`}/>`,
      )
    },
    line(x1, y1, x2, y2, color, dash = false) {
      parts.push(
        `<line x1="${num(x1)}" y1="${num(y1)}" x2="${num(x2)}" y2="${num(y2)}" stroke="${escapeXml(color)}"${dash ? ' stroke-dasharray="4 3"' : ''}/>`,
      )
    },
    text(x, y, text, color, { size = 11, align = 'left', weight = 400 } = {}) {
      const anchor = align === 'center' ? 'middle' : align === 'right' ? 'end' : 'start'
      parts.push(
        `<text x="${num(x)}" y="${num(y)}" fill="${escapeXml(color)}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}" dominant-baseline="central">${escapeXml(text)}</text>`,
      )
    },
    clip(x, y, w, h) {
      const id = `c${clips.length}`
      clips.push(
        `<clipPath id="${id}"><rect x="${num(x)}" y="${num(y)}" width="${num(w)}" height="${num(h)}"/></clipPath>`,
      )
      parts.push(`<g clip-path="url(#${id})">`)
    },
    unclip: () => void parts.push('</g>'),
    finish(background) {
      const patterns = Array.from(
        hatches,
        ([color, id]) =>
          `<pattern id="${id}" width="${HATCH_PX}" height="${HATCH_PX}" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="${HATCH_PX}" height="${HATCH_PX}" fill="${escapeXml(color)}" opacity="0.18"/><line x1="0" y1="0" x2="0" y2="${HATCH_PX}" stroke="${escapeXml(color)}" stroke-width="1.6" opacity="0.75"/></pattern>`,
      )
      return (
        `<svg xmlns="http://www.w3.org/2000/svg" width="${num(width)}" height="${num(height)}" viewBox="0 0 ${num(width)} ${num(height)}" font-family="Inter, system-ui, sans-serif">` +
        `<defs>${patterns.join('')}${clips.join('')}</defs><rect width="100%" height="100%" fill="${escapeXml(background)}"/>${parts.join('')}</svg>\n`
      )
    },
  }
}

const num = (value: number): string => String(Math.round(value * 100) / 100)
const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
