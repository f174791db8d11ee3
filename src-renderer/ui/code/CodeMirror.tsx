import { Annotation, Compartment, EditorState, type Text, Transaction } from '@codemirror/state'
import { EditorView, ViewPlugin } from '@codemirror/view'
import { type RefObject, useEffect, useRef } from 'react'
import type { CodeEditorProps } from './CodeEditor.tsx'
import { accessOf, shapeOf } from './editor-shape.ts'
import { languageExtension } from './languages.ts'
import { textChange } from './text-change.ts'

/** Marks what came from outside, so that it is not told back as typed. */
const fromOutside = Annotation.define<boolean>()

/** What can change while an editor is open. */
interface Parts {
  readonly extra: Compartment
  readonly access: Compartment
  readonly language: Compartment
}

/** Characters from which a text is told after a pause: to copy 10 MB at every key would be felt. */
const LARGE = 300_000
const PAUSE_MS = 300

/** Tells what was typed: at once, or after a pause when the text is large. */
class Teller {
  readonly #onText: (text: string) => void
  #waiting: { readonly text: Text; readonly timer: ReturnType<typeof setTimeout> } | null = null

  constructor(onText: (text: string) => void) {
    this.#onText = onText
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

/** The editor itself; loaded when the first one is shown. */
export default function CodeMirror(props: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const latest = useRef(props)
  latest.current = props
  /** The text that both sides know of: the same string again needs no look at the editor's content. */
  const known = useRef(props.value)
  const parts = useRef<Parts>({ extra: new Compartment(), access: new Compartment(), language: new Compartment() })

  useEffect(() => {
    if (host.current === null) return
    const editor = createEditor(host.current, latest, known, parts.current)
    view.current = editor
    if (latest.current.autoFocus === true) editor.focus()
    latest.current.onView?.(editor)
    return () => {
      latest.current.onView?.(null)
      editor.destroy()
      view.current = null
    }
  }, [])

  useEffect(() => {
    const editor = view.current
    if (editor === null || known.current === props.value) return
    const change = textChange(editor.state.doc.toString(), props.value)
    known.current = props.value
    if (change === null) return
    editor.dispatch({
      changes: change,
      annotations: [fromOutside.of(true), Transaction.addToHistory.of(props.keepsHistory !== false)],
    })
  }, [props.value, props.keepsHistory])

  const { extensions, language, isReadOnly, label, errorId } = props
  useEffect(() => {
    view.current?.dispatch({ effects: parts.current.extra.reconfigure(extensions ?? []) })
  }, [extensions])
  useEffect(() => {
    view.current?.dispatch({ effects: parts.current.language.reconfigure(languageExtension(language ?? 'text')) })
  }, [language])
  useEffect(() => {
    view.current?.dispatch({ effects: parts.current.access.reconfigure(accessOf({ isReadOnly, label, errorId })) })
  }, [isReadOnly, label, errorId])

  return <div ref={host} className={props.className} data-code-editor="" />
}

function createEditor(
  parent: HTMLElement,
  latest: RefObject<CodeEditorProps>,
  known: RefObject<string>,
  { extra, access, language }: Parts,
): EditorView {
  const now = latest.current
  known.current = now.value
  const teller = new Teller((text) => {
    known.current = text
    latest.current.onChange?.(text)
  })
  const listener = EditorView.updateListener.of((update) => {
    if (update.focusChanged && !update.view.hasFocus) teller.flush()
    if (update.focusChanged) (update.view.hasFocus ? latest.current.onFocus : latest.current.onBlur)?.()
    if (!update.docChanged || update.transactions.some((one) => one.annotation(fromOutside) === true)) return
    teller.tell(update.state.doc)
  })
  return new EditorView({
    parent,
    state: EditorState.create({
      doc: now.value,
      extensions: [
        // First, so that the keys of an area come before those of every editor.
        extra.of(now.extensions ?? []),
        listener,
        ViewPlugin.define(() => ({ destroy: () => teller.flush() })),
        shapeOf(now),
        access.of(accessOf(now)),
        language.of(languageExtension(now.language ?? 'text')),
      ],
    }),
  })
}
