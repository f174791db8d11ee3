import { Annotation, Compartment, EditorState, Transaction } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { type RefObject, useEffect, useRef } from 'react'
import { accessOf, shapeOf } from './editor-shape.ts'
import { languageExtension } from './languages.ts'
import type { CodeEditorProps } from './props.ts'
import { Teller } from './telling.ts'
import { textChange } from './text-change.ts'

/** Marks what came from outside, so that it is not told back as typed. */
const fromOutside = Annotation.define<boolean>()

/** What can change while an editor is open. */
interface Parts {
  readonly extra: Compartment
  readonly access: Compartment
  readonly language: Compartment
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
        teller.extension,
        shapeOf(now),
        access.of(accessOf(now)),
        language.of(languageExtension(now.language ?? 'text')),
      ],
    }),
  })
}
