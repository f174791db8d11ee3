import type { Extension, Text } from '@codemirror/state'
import { type EditorView, ViewPlugin } from '@codemirror/view'

const tellers = new WeakMap<EditorView, Teller>()

/** Tells at once what was typed into an editor and waits: before something is done with the text elsewhere. */
export const flushTyping = (view: EditorView): void => tellers.get(view)?.flush()

/** Characters from which a text is told after a pause: to copy 10 MB at every key would be felt. */
const LARGE = 300_000
const PAUSE_MS = 300

/** Tells what was typed: at once, or after a pause when the text is large. */
export class Teller {
  /** Tells the rest when the editor goes */
  readonly extension: Extension
  readonly #onText: (text: string) => void
  #waiting: { readonly text: Text; readonly timer: ReturnType<typeof setTimeout> } | null = null

  constructor(onText: (text: string) => void) {
    this.#onText = onText
    this.extension = ViewPlugin.define((view) => {
      tellers.set(view, this)
      return { destroy: () => this.flush() }
    })
  }

  tell(text: Text): void {
    if (this.#waiting !== null) clearTimeout(this.#waiting.timer)
    this.#waiting = { text, timer: setTimeout(() => this.flush(), PAUSE_MS) }
    if (text.length <= LARGE) this.flush()
  }

  flush(): void {
    const waiting = this.#waiting
    if (waiting === null) return
    clearTimeout(waiting.timer)
    this.#waiting = null
    this.#onText(waiting.text.toString())
  }
}
