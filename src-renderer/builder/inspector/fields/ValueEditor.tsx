import type { EditorView } from '@codemirror/view'
import { useMemo, useRef } from 'react'
import { CodeEditor } from '../../../ui/code/CodeEditor.tsx'
import type { Language } from '../../../ui/code/languages.ts'
import { useDocumentStore } from '../../document-context.tsx'
import { useChildren } from '../children.ts'
import { expressionCompletion, insertValue } from '../expression-completion.ts'
import { type ExpressionPlace, type Readable, readableAt } from '../readable.ts'
import classes from './fields.module.css'
import { ValuePicker } from './ValuePicker.tsx'

interface ValueEditorProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly place: ExpressionPlace
  readonly isBare?: boolean
  readonly isSingleLine?: boolean
  readonly isReadOnly?: boolean
  readonly language?: Language
  readonly placeholder?: string
  readonly errorId?: string
  readonly autoFocus?: boolean
}

/** A text that may read values: shows `${{ }}` as such, completes them, and inserts them by a button. */
export function ValueEditor(props: ValueEditorProps) {
  const { place, isBare = false } = props
  const store = useDocumentStore()
  const { outputs } = useChildren()
  const view = useRef<EditorView | null>(null)
  const latest = useRef<() => Readable[]>(() => [])
  latest.current = () => readableAt(store.getState().definition, place, outputs)
  const extensions = useMemo(() => expressionCompletion(() => latest.current(), isBare), [isBare])
  return (
    <div className={classes.value}>
      <CodeEditor
        isField
        keepsHistory={false}
        label={props.label}
        value={props.value}
        onChange={props.onChange}
        extensions={extensions}
        isSingleLine={props.isSingleLine ?? true}
        isReadOnly={props.isReadOnly ?? false}
        language={props.language ?? 'text'}
        onView={(editor) => {
          view.current = editor
        }}
        {...(props.placeholder === undefined ? {} : { placeholder: props.placeholder })}
        {...(props.errorId === undefined ? {} : { errorId: props.errorId })}
        {...(props.autoFocus === true ? { autoFocus: true } : {})}
      />
      {props.isReadOnly !== true && (
        <ValuePicker
          readable={() => latest.current()}
          label={`Insert a value into ${props.label.toLowerCase()}`}
          onPick={(text) => {
            if (view.current !== null) insertValue(view.current, text, isBare)
          }}
        />
      )}
    </div>
  )
}
