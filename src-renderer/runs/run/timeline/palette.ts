import { statusLooks } from '../../../ui/status.ts'
import type { Palette } from './draw.ts'

/** The tokens of the screens as colours that a canvas takes. Read anew when light and dark change. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement)
  const read = (name: string): string => style.getPropertyValue(name).trim()
  const ofToken = new Map<string, string>()
  return {
    text: read('--weir-text'),
    dim: read('--weir-text-dim'),
    line: read('--weir-line'),
    panel: read('--weir-panel'),
    selected: read('--weir-selected'),
    accent: read('--weir-accent'),
    ofStatus(status) {
      const token = statusLooks[status].color.replace(/^var\((.*)\)$/, '$1')
      const color = ofToken.get(token) ?? read(token)
      ofToken.set(token, color)
      return color
    },
  }
}
