import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { MergeView } from '@codemirror/merge'
import { search, searchKeymap } from '@codemirror/search'
import { EditorState, type Extension, Transaction } from '@codemirror/state'
import { drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import classes from './Compare.module.css'
import { expressionMarks, languageExtension } from './languages.ts'
import { look } from './look.ts'
import type { TextCompareProps } from './props.ts'
import { textChange } from './text-change.ts'

/** ms; longer than that a difference is found roughly instead of exactly. */
const DIFF_TIMEOUT_MS = 500
const DIFF_SCAN_LIMIT = 2_000

/** Two editors that scroll as one. */
export default function Compare({ before, after, names, language = 'yaml', onChange }: TextCompareProps) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<MergeView | null>(null)
  const latest = useRef({ before, after, onChange })
  latest.current = { before, after, onChange }
  const canType = onChange !== undefined
  const [left, right] = names

  useEffect(() => {
    if (host.current === null) return
    const base = [
      look,
      EditorView.lineWrapping,
      lineNumbers(),
      drawSelection(),
      expressionMarks,
      languageExtension(language),
    ]
    const keys = [search({ top: true }), keymap.of([...searchKeymap, ...defaultKeymap])]
    const typed = EditorView.updateListener.of((update) => {
      if (!update.docChanged || update.transactions.every((one) => one.isUserEvent('outside'))) return
      latest.current.onChange?.(update.state.doc.toString())
    })
    const merge = new MergeView({
      parent: host.current,
      a: { doc: latest.current.before, extensions: [base, keys, only(left)] },
      b: {
        doc: latest.current.after,
        extensions: [base, keys, canType ? [named(right), history(), keymap.of(historyKeymap), typed] : only(right)],
      },
      collapseUnchanged: { margin: 3, minSize: 6 },
      gutter: true,
      highlightChanges: true,
      diffConfig: { scanLimit: DIFF_SCAN_LIMIT, timeout: DIFF_TIMEOUT_MS },
      ...(canType ? { revertControls: 'a-to-b' as const, renderRevertControl: takeOver } : {}),
    })
    view.current = merge
    return () => {
      merge.destroy()
      view.current = null
    }
  }, [language, left, right, canType])

  useEffect(() => replace(view.current?.a, before), [before])
  useEffect(() => replace(view.current?.b, after), [after])

  return (
    <div className={classes.compare}>
      <div className={classes.names} aria-hidden>
        <span className="truncate">{left}</span>
        <span className="truncate">{right}</span>
      </div>
      <div ref={host} className={classes.views} />
    </div>
  )
}

function replace(editor: EditorView | undefined, text: string): void {
  const change = editor === undefined ? null : textChange(editor.state.doc.toString(), text)
  if (change !== null) editor?.dispatch({ changes: change, annotations: Transaction.userEvent.of('outside') })
}

const named = (label: string): Extension => EditorView.contentAttributes.of({ 'aria-label': label })
const only = (label: string): Extension => [
  EditorState.readOnly.of(true),
  EditorView.editable.of(false),
  EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true', tabindex: '0' }),
]

function takeOver(): HTMLElement {
  const button = document.createElement('button')
  button.textContent = '→'
  button.title = 'Take this part over'
  button.setAttribute('aria-label', 'Take this part over')
  return button
}
