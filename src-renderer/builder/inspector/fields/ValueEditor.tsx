import type { EditorView } from '@codemirror/view'
import { type RefObject, useMemo, useRef } from 'react'
import type { Path } from '../../../../src-shared/definition/index.ts'
import { CodeEditor } from '../../../ui/code/CodeEditor.tsx'
import type { Language } from '../../../ui/code/languages.ts'
import { useDocumentStore } from '../../document-context.tsx'
import { useChildren } from '../children.ts'
import { expressionCompletion, insertValue, type Written } from '../expression-completion.ts'
import { pathText } from '../problems-at.ts'
import { type ExpressionPlace, inputReading, type Readable, readableAt } from '../readable.ts'
import { valueAt } from '../unset.ts'
import { mapOf } from '../values.ts'
import classes from './fields.module.css'
import { ValuePicker } from './ValuePicker.tsx'

interface ValueEditorProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly place: ExpressionPlace
  /** Where the text stands: an input that is added for it is taken back by the same step of undo */
  readonly path: Path
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
  // Where nobody has put the cursor, a value goes behind what is written.
  const hasCursor = useRef(false)
  const latest = useRef<() => Readable[]>(() => [])
  latest.current = () => readableAt(store.getState().definition, place, outputs)
  const written = useHandIn(place, props.path)
  const extensions = useMemo(
    () =>
      expressionCompletion(
        () => latest.current(),
        isBare,
        (one) => written.current(one),
      ),
    [isBare, written],
  )
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
        onFocus={() => {
          hasCursor.current = true
        }}
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
          onPick={(one) => {
            if (view.current !== null)
              insertValue(view.current, written.current(one), isBare, hasCursor.current ? 'cursor' : 'end')
          }}
        />
      )}
    </div>
  )
}

/** Writes a value that was chosen; what is handed in gets an input of its own, unless there is one already. */
function useHandIn({ step }: ExpressionPlace, path: Path): RefObject<Written> {
  const store = useDocumentStore()
  const written = useRef<Written>((one) => one.text)
  written.current = ({ text, asInput }) => {
    if (asInput === undefined || step === null) return text
    const { definition, actions } = store.getState()
    const inputs = ['steps', step, 'inputs']
    const { name, isNew } = inputReading(mapOf(valueAt(definition, inputs)), text)
    if (isNew) {
      const edit = { path: [...inputs, name], value: `\${{ ${text} }}` }
      actions.edit(`Add input ${name} to ${step}`, [edit], { merge: pathText(path) })
    }
    return `inputs.${name}`
  }
  return written
}
