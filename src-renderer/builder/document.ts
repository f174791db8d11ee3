import { createStore } from 'zustand/vanilla'
import { createAutosave } from './autosave.ts'
import { editing } from './document-editing.ts'
import type { DocumentNeeds } from './document-needs.ts'
import type { DocumentActions, DocumentState, DocumentStore, Opening } from './document-types.ts'
import { createPublishing } from './publishing.ts'
import { UNREAD } from './reading.ts'
import { createTextState } from './text-state.ts'
import { createValidation } from './validation.ts'

/** Opens a document: a store of its own, which saves itself. */
export function createDocument(opening: Opening, needs: DocumentNeeds): DocumentStore {
  const { content } = opening
  const store = createStore<DocumentState>(() => ({
    id: opening.id,
    workflow: content.workflow,
    base: opening.base,
    origin: content.origin,
    isReadOnly: opening.isReadOnly,
    source: content.source,
    layout: content.layout,
    files: content.files,
    parsed: UNREAD,
    definition: opening.base?.value,
    problems: [],
    isValidating: false,
    selection: { kind: 'workflow' },
    cursor: null,
    undo: [],
    redo: [],
    changes: 0,
    save: { state: opening.isUnsaved ? 'unsaved' : 'saved', at: null, error: null },
    conflict: opening.theirs === null ? null : { kind: 'draft', theirs: opening.theirs },
    isPublishing: false,
    actions: NO_ACTIONS,
  }))
  const autosave = createAutosave(store, opening, needs)
  const validation = createValidation(store, needs)
  const text = createTextState(store, needs, () => {
    autosave.changed()
    validation.due()
  })
  const publishing = createPublishing({ store, needs, autosave, text, file: { digest: opening.fileDigest ?? '' } })
  store.setState({ actions: { ...editing(store, text, needs), ...publishing, close } })
  text.read()
  validation.due()
  if (opening.isUnsaved && opening.theirs === null) autosave.changed()

  function close(): void {
    autosave.close()
    validation.close()
    needs.texts.close()
  }
  return store
}

const NO_ACTIONS = {} as DocumentActions
