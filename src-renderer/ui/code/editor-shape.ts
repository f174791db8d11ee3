import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { EditorState, type Extension } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  placeholder,
} from '@codemirror/view'
import { expressionMarks } from './languages.ts'
import { look } from './look.ts'
import type { CodeEditorProps } from './props.ts'

/** What does not change while an editor is open. */
export function shapeOf(props: CodeEditorProps): Extension {
  const isField = props.isField === true
  const common: Extension = [
    look,
    drawSelection(),
    bracketMatching(),
    indentUnit.of('  '),
    EditorState.tabSize.of(2),
    expressionMarks,
    props.placeholder === undefined ? [] : placeholder(props.placeholder),
    props.wraps === true || isField ? EditorView.lineWrapping : [],
    props.keepsHistory === false ? [] : [history(), keymap.of(historyKeymap)],
    autocompletion({ icons: false, defaultKeymap: true }),
    keymap.of([...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap]),
  ]
  if (isField) return [common, props.isSingleLine === true ? oneLine : []]
  return [
    common,
    closeBrackets(),
    indentOnInput(),
    lineNumbers(),
    foldGutter({ openText: '▾', closedText: '▸' }),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSelectionMatches({ minSelectionLength: 2, maxMatches: 200 }),
    search({ top: true }),
    // Tab indents here; Escape and then Tab leaves the editor, as everywhere in CodeMirror.
    keymap.of([...searchKeymap, ...foldKeymap, indentWithTab]),
  ]
}

/** Line breaks become spaces: what is pasted into a field of one line stays one line. */
const oneLine: Extension = EditorState.transactionFilter.of((transaction) => {
  if (!transaction.docChanged || transaction.newDoc.lines <= 1) return transaction
  const insert = transaction.newDoc.toString().replace(/\s*\n\s*/g, ' ')
  return [
    transaction,
    {
      changes: { from: 0, to: transaction.newDoc.length, insert },
      selection: { anchor: insert.length },
      sequential: true,
    },
  ]
})

interface Access {
  readonly label: string
  readonly isReadOnly?: boolean | undefined
  readonly errorId?: string | undefined
}

/** What may be done with a text, and how it is called. */
export function accessOf(props: Access): Extension {
  const attributes: Record<string, string> = { 'aria-label': props.label, tabindex: '0' }
  if (props.errorId !== undefined) {
    attributes['aria-invalid'] = 'true'
    attributes['aria-describedby'] = props.errorId
  }
  // A text that is only read can still be focused, searched and copied from by keys.
  return [
    EditorState.readOnly.of(props.isReadOnly === true),
    EditorView.contentAttributes.of(
      props.isReadOnly === true ? { ...attributes, 'aria-readonly': 'true' } : attributes,
    ),
    EditorView.editable.of(props.isReadOnly !== true),
  ]
}
