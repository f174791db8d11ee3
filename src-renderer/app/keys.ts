import { allCommands } from './commands.ts'

const isMac = /mac/i.test(navigator.platform)

/** `mod+shift+k` as people read it: `Ctrl+Shift+K`, on a Mac `⇧⌘K`. */
export function keysInWords(keys: string): string {
  const parts = keys.split('+')
  const key = parts.at(-1) ?? ''
  const shown = key.length === 1 ? key.toUpperCase() : key[0]?.toUpperCase() + key.slice(1)
  const modifiers = parts.slice(0, -1)
  if (isMac) {
    const signs: Record<string, string> = { mod: '⌘', ctrl: '⌃', alt: '⌥', shift: '⇧' }
    return modifiers.map((one) => signs[one] ?? one).join('') + shown
  }
  const words: Record<string, string> = { mod: 'Ctrl', ctrl: 'Ctrl', alt: 'Alt', shift: 'Shift' }
  return [...modifiers.map((one) => words[one] ?? one), shown].join('+')
}

/** The stroke of an event in the same writing as `Command.keys`. */
export function strokeOf(event: KeyboardEvent): string {
  const mod = isMac ? event.metaKey : event.ctrlKey
  const key = event.key === ' ' ? 'space' : event.key.toLowerCase()
  const parts = [mod && 'mod', event.altKey && 'alt', event.shiftKey && key.length > 1 && 'shift', key]
  if (event.shiftKey && key.length === 1 && (mod || event.altKey)) parts.splice(-1, 0, 'shift')
  return parts.filter((part) => part !== false).join('+')
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** A menu in which nothing can be chosen leaves the focus on its button, where it does not see Escape. */
function closeMenuOf(focused: Element | null): boolean {
  const isOpen = focused instanceof HTMLElement && focused.matches('[aria-haspopup="menu"][aria-expanded="true"]')
  if (isOpen) focused.click()
  return isOpen
}

/** What takes keys for itself while it is there. */
const OPEN = '[role="dialog"], [role="menu"]'

/** Gives the command whose key was pressed. Keys without a modifier are letters while somebody types. */
export function listenToKeys(): () => void {
  // Asked before what is open hears of the key: it may be closed and gone when the key comes here.
  let isOpen = false
  const look = (): void => {
    isOpen = document.querySelector(OPEN) !== null
  }
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return
    if (event.key === 'Escape' && closeMenuOf(document.activeElement)) {
      event.preventDefault()
      return
    }
    const stroke = strokeOf(event)
    if (isTyping(event.target) && !stroke.startsWith('mod+')) return
    // What is open has keys of its own.
    if (isOpen && stroke !== 'mod+k') return
    const command = allCommands().find((one) => one.keys === stroke)
    if (command === undefined) return
    event.preventDefault()
    command.run()
  }
  window.addEventListener('keydown', look, { capture: true })
  window.addEventListener('keydown', onKey)
  return () => {
    window.removeEventListener('keydown', look, { capture: true })
    window.removeEventListener('keydown', onKey)
  }
}
