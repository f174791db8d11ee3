import { lazy, Suspense } from 'react'
import classes from './CodeEditor.module.css'
import type { CodeEditorProps } from './props.ts'

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
