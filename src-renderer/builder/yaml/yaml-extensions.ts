import { lintGutter, lintKeymap } from '@codemirror/lint'
import { type Extension, Prec } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import { flushTyping } from '../../ui/code/telling.ts'
import type { DocumentStore } from '../document-types.ts'
import { stepAt } from '../reading.ts'
import { type Knowledge, yamlCompletion, yamlHelp } from './completion.ts'
import { placeAt } from './cursor-place.ts'

/** What the YAML of the builder can do beside what every editor can. */
export function yamlExtensions(store: DocumentStore, know: () => Knowledge): Extension {
  return [
    undoKeys(store),
    followCursor(store),
    yamlCompletion(know),
    yamlHelp(know),
    lintGutter(),
    keymap.of(lintKeymap),
  ]
}

/** Steps back are counted by the document, together with those of canvas and forms. */
function undoKeys(store: DocumentStore): Extension {
  const go = (what: 'undo' | 'redo') => (view: EditorView) => {
    flushTyping(view)
    store.getState().actions[what]()
    return true
  }
  return Prec.highest(
    keymap.of([
      { key: 'Mod-z', run: go('undo'), preventDefault: true },
      { key: 'Mod-y', run: go('redo'), preventDefault: true },
      { key: 'Mod-Shift-z', run: go('redo'), preventDefault: true },
    ]),
  )
}

/** The step in which the cursor stands is selected, while the person is in the text. */
function followCursor(store: DocumentStore): Extension {
  return EditorView.updateListener.of((update) => {
    if (!update.view.hasFocus || !(update.selectionSet || update.focusChanged)) return
    const { actions, cursor, selection } = store.getState()
    const step = stepAtCursor(update.view, store)
    if (step === cursor && !update.focusChanged) return
    actions.setCursor(step)
    const isSelected = selection.kind === 'steps' && selection.names.length === 1 && selection.names[0] === step
    if (step === null) {
      if (selection.kind !== 'workflow') actions.select({ kind: 'workflow' })
    } else if (!isSelected) actions.select({ kind: 'steps', names: [step] })
  })
}

function stepAtCursor(view: EditorView, store: DocumentStore): string | null {
  const { parsed, source } = store.getState()
  const offset = view.state.selection.main.head
  // While a large text is being read, or cannot be read, the indentation tells where the cursor is.
  if (parsed.source === source && parsed.steps.length > 0 && source.length === view.state.doc.length) {
    return stepAt(parsed.steps, offset)
  }
  const path = placeAt(view.state.doc, offset)?.path ?? []
  return path[0] === 'steps' && typeof path[1] === 'string' ? path[1] : null
}
