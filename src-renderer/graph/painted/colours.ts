import { statusLooks } from '../../ui/status.ts'
import { kindLooks } from '../looks.ts'
import classes from '../StepNode.module.css'

/** The colours of the picture as a canvas takes them. */
export interface Colours {
  /** The theme that they are of */
  readonly scheme: string
  readonly back: string
  readonly raised: string
  readonly border: string
  readonly line: string
  readonly condition: string
  readonly accent: string
  readonly failed: string
  readonly warning: string
  readonly text: string
  readonly dim: string
  readonly mini: string
  readonly mask: string
  readonly succeeded: string
  readonly font: string
  /** By kind of step */
  readonly tones: Readonly<Record<string, string>>
  /** By status */
  readonly states: Readonly<Record<string, string>>
}

/** Those that are known, or those of another theme when the page has another now. */
export function coloursNow(known: Colours | null, room: HTMLElement): Colours {
  const scheme = document.documentElement.dataset['mantineColorScheme'] ?? ''
  return known?.scheme === scheme ? known : coloursOf(room, scheme)
}

/** Reads them from the page, where they depend on the theme. Costs a computation of styles. */
function coloursOf(room: HTMLElement, scheme: string): Colours {
  const probe = document.createElement('i')
  probe.hidden = true
  room.append(probe)
  const style = getComputedStyle(probe)
  const read = (value: string): string => {
    probe.style.color = value
    return style.color
  }
  const tone = (name: keyof typeof kindLooks): string => {
    probe.className = classes[name] ?? ''
    const found = read('var(--tone)')
    probe.className = ''
    return found
  }
  const colours = {
    scheme,
    back: read('var(--weir-app)'),
    raised: read('var(--weir-raised)'),
    border: read('var(--weir-line-strong)'),
    line: read('var(--weir-line-strong)'),
    condition: read('var(--weir-waiting)'),
    accent: read('var(--weir-accent)'),
    failed: read('var(--weir-failed)'),
    warning: read('var(--weir-abandoned)'),
    text: read('var(--weir-text)'),
    dim: read('var(--weir-text-dim)'),
    mini: read('var(--mini)'),
    mask: read('var(--mask)'),
    succeeded: read('var(--weir-succeeded)'),
    font: style.fontFamily,
    tones: Object.fromEntries((Object.keys(kindLooks) as (keyof typeof kindLooks)[]).map((name) => [name, tone(name)])),
    states: Object.fromEntries(Object.entries(statusLooks).map(([status, look]) => [status, read(look.color)])),
  }
  probe.remove()
  return colours
}
