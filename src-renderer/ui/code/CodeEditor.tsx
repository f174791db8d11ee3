import type { Extension } from '@codemirror/state'
import type { EditorView } from '@codemirror/view'
import { lazy, Suspense } from 'react'
import classes from './CodeEditor.module.css'
import type { Language } from './languages.ts'

export interface CodeEditorProps {
  readonly value: string
  /** What was typed; not called for a `value` that came from outside */
  readonly onChange?: (value: string) => void
  /** Name for screen readers */
  readonly label: string
  readonly language?: Language
  readonly isReadOnly?: boolean
  /** Small, without line numbers; Tab goes on to the next field */
  readonly isField?: boolean
  readonly isSingleLine?: boolean
  readonly wraps?: boolean
  readonly placeholder?: string
  /** Off where somebody else counts the steps back, as the builder does */
  readonly keepsHistory?: boolean
  readonly autoFocus?: boolean
  /** Element that says what is wrong with the text */
  readonly errorId?: string
  /** Further abilities: completion, marks, keys. Memoise them. */
  readonly extensions?: Extension
  readonly onFocus?: () => void
  readonly onBlur?: () => void
  /** The editor when it is there, null when it goes */
  readonly onView?: (view: EditorView | null) => void
  readonly className?: string
}

const Editor = lazy(() => import('./CodeMirror.tsx'))

/** A code editor, in the colours of the screens. Until it is loaded its text is shown, so that nothing jumps. */
export function CodeEditor(props: CodeEditorProps) {
  const frame = props.isField === true ? classes.field : classes.whole
  const className = props.className === undefined ? frame : `${frame} ${props.className}`
  return (
    <Suspense
      fallback={<pre className={`${className} ${classes.waiting}`}>{props.value.slice(0, SHOWN_WHILE_WAITING)}</pre>}
    >
      <Editor {...props} className={className ?? ''} />
    </Suspense>
  )
}

/** Characters; more than a screen holds. */
const SHOWN_WHILE_WAITING = 10_000
