import type { Layout } from '../../src-shared/contract/index.ts'
import type { DocumentNeeds } from './document-needs.ts'
import type { DocumentActions, DocumentStore } from './document-types.ts'
import { type History, type Moment, redone, type Step, undone } from './history.ts'
import type { TextState } from './text-state.ts'

export type Editing = Pick<
  DocumentActions,
  'edit' | 'rename' | 'replace' | 'type' | 'move' | 'tidy' | 'setFiles' | 'undo' | 'redo' | 'select' | 'setCursor'
>

/** What a person does to the document. */
export function editing(store: DocumentStore, text: TextState, needs: DocumentNeeds): Editing {
  const go = (find: (history: History, now: Moment) => Step | null): void => {
    const { undo, redo, source, layout, isReadOnly } = store.getState()
    const step = isReadOnly ? null : find({ undo, redo }, { source, layout })
    if (step === null) return
    text.put({ label: step.label }, step.moment)
    // Afterwards, because `put` has noted the step back as a change of its own.
    store.setState({ undo: step.history.undo, redo: step.history.redo })
  }
  return {
    edit(label, edits, options = {}) {
      void text.change(label, { kind: 'edits', edits }, options).then((error) => {
        if (error !== null) needs.sayFailed(`“${label}” was not possible`, error)
      })
    },
    rename: (rename) => (rename.from === rename.to ? Promise.resolve(null) : renameIn(store, text, rename)),
    replace: (label, source, layout) => text.put({ label }, layout === undefined ? { source } : { source, layout }),
    type: (source) => text.put({ label: 'Typing in the YAML', merge: 'type' }, { source }),
    move: (positions) =>
      text.put({ label: moveLabel(positions) }, { layout: { ...store.getState().layout, ...positions } }),
    tidy: () => text.put({ label: 'Tidy up' }, { layout: {} }),
    setFiles(files) {
      if (store.getState().isReadOnly) return
      store.setState({ files })
      text.touch()
    },
    undo: () => go(undone),
    redo: () => go(redone),
    select: (selection) => store.setState({ selection }),
    setCursor(cursor) {
      if (store.getState().cursor !== cursor) store.setState({ cursor })
    },
  }
}

async function renameIn(
  store: DocumentStore,
  text: TextState,
  rename: Parameters<DocumentActions['rename']>[0],
): Promise<string | null> {
  const { selection, layout } = store.getState()
  const { [rename.from]: place, ...others } = layout
  const isStep = rename.what === 'step'
  const names = isStep && selection.kind === 'steps' ? selection.names : []
  const error = await text.change(
    `Rename ${rename.from} to ${rename.to}`,
    { kind: 'rename', rename },
    {
      ...(isStep && place !== undefined ? { layout: { ...others, [rename.to]: place } } : {}),
      ...(names.includes(rename.from)
        ? { select: names.map((name) => (name === rename.from ? rename.to : name)) }
        : {}),
    },
  )
  return error === null ? null : error.message
}

function moveLabel(positions: Layout): string {
  const names = Object.keys(positions)
  return names.length === 1 ? `Move ${names[0]}` : `Move ${names.length} steps`
}
