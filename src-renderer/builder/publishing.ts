import { type Json, ProblemError, type Workflow } from '../../src-shared/contract/index.ts'
import { Refusal } from '../api/problem.ts'
import type { Autosave } from './autosave.ts'
import type { DocumentNeeds } from './document-needs.ts'
import type { Base, Conflict, DocumentActions, DocumentStore } from './document-types.ts'
import type { TextState } from './text-state.ts'

export type Publishing = Pick<
  DocumentActions,
  'flush' | 'publish' | 'discard' | 'saveFile' | 'keepMine' | 'takeTheirs' | 'keepMerged' | 'meetFile' | 'postpone'
>

interface Parts {
  readonly store: DocumentStore
  readonly needs: DocumentNeeds
  readonly autosave: Autosave
  readonly text: TextState
  readonly file: { digest: string }
}

export const baseOf = ({ version, source, definition, layout, files }: Workflow): Base => ({
  version,
  source,
  // As it crossed the wire: the schema only gives it names.
  value: definition as unknown as Json,
  layout,
  files,
})

/** What becomes of a document: a version, a file, or nothing; and what is done when it was changed elsewhere. */
export function createPublishing(parts: Parts): Publishing {
  const { store, autosave } = parts
  return {
    flush: () => autosave.flush(),
    publish: () => publish(parts),
    discard: () => discard(parts),
    saveFile: () => saveFile(parts),
    keepMine: () => settle(parts, null),
    keepMerged: (source) => settle(parts, source),
    takeTheirs: () => takeTheirs(parts),
    meetFile(document) {
      const { origin, source, conflict } = store.getState()
      if (document.path !== origin || document.digest === parts.file.digest || conflict !== null) return
      // Written elsewhere with the same text: there is nothing to decide.
      if (document.text === source) agree(parts, document.digest)
      else store.setState({ conflict: { kind: 'file', theirs: document } })
    },
    postpone() {
      // A draft cannot be saved before this is decided; the others can wait.
      if (store.getState().conflict?.kind !== 'draft') store.setState({ conflict: null })
    },
  }
}

/** The version that publishing may replace: that of another name is none. */
function expectedVersion({ store }: Parts): number {
  const { base, workflow, definition } = store.getState()
  const name = nameOf(definition)
  return base !== null && (workflow === null || name === workflow) ? base.version : 0
}

export function nameOf(definition: unknown): string | null {
  if (typeof definition !== 'object' || definition === null || !('name' in definition)) return null
  return typeof definition.name === 'string' ? definition.name : null
}

async function publish(parts: Parts): Promise<Workflow | null> {
  const { store, needs, autosave } = parts
  const { source, files, layout } = store.getState()
  store.setState({ isPublishing: true })
  try {
    const published = await needs.publish({ source, files, layout, base: expectedVersion(parts) })
    const id = await needs.newId({ workflow: published.name, version: published.version })
    await forgetDraft(parts)
    store.setState({ workflow: published.name, base: baseOf(published), conflict: null })
    autosave.restart(id)
    parts.text.count()
    // Typed while it was being published: that is a draft again.
    if (store.getState().source !== source || store.getState().layout !== layout) parts.text.touch()
    return published
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code !== 'workflow_conflict') throw error
    const name = nameOf(store.getState().definition)
    const theirs = name === null ? null : await needs.getWorkflow(name)
    if (theirs === null) {
      // Deleted elsewhere: what is here is a new workflow from now on.
      store.setState({ base: null })
      parts.text.count()
      throw new Refusal({
        message: `${name ?? 'The workflow'} was deleted meanwhile, by a person or a program.`,
        fix: 'Your text is kept as a draft. Publish it again to bring the workflow back.',
      })
    }
    store.setState({ conflict: { kind: 'publish', theirs } })
    return null
  } finally {
    store.setState({ isPublishing: false })
  }
}

/** The draft has become a version, or is not wanted any more. One that never reached the engine is not there. */
async function forgetDraft({ store, needs, autosave }: Parts): Promise<void> {
  // A save that is on its way would bring it back.
  await autosave.rest()
  if (autosave.revision() === 0) return
  try {
    await needs.removeDraft(store.getState().id)
  } catch (error) {
    if (!(error instanceof ProblemError && error.code === 'draft_not_found')) throw error
  }
}

async function discard(parts: Parts): Promise<void> {
  const { store, needs, autosave, text } = parts
  const { base, workflow } = store.getState()
  const id = await needs.newId(base === null || workflow === null ? null : { workflow, version: base.version })
  await forgetDraft(parts)
  autosave.restart(id)
  if (base === null) return
  store.setState({
    source: base.source,
    layout: base.layout,
    files: base.files,
    undo: [],
    redo: [],
    selection: { kind: 'workflow' },
  })
  text.read()
  text.count()
}

/** The text on disk is the one that this document was made from, or has become. */
function agree({ store, needs, file }: Parts, digest: string): void {
  file.digest = digest
  const { origin } = store.getState()
  if (origin !== null) needs.rememberFile(origin, digest)
}

async function saveFile(parts: Parts): Promise<void> {
  const { store, needs, file } = parts
  const { origin, source } = store.getState()
  if (origin === null || needs.saveFile === null) return
  const outcome = await needs.saveFile(origin, source, file.digest)
  if (outcome.kind === 'saved') agree(parts, outcome.digest)
  else if (outcome.kind === 'changed') store.setState({ conflict: { kind: 'file', theirs: outcome.document } })
  else throw new Refusal(outcome)
}

const LABELS = {
  draft: 'Take the text of the other window',
  publish: 'Take the newer version',
  file: 'Take the file from disk',
}

const sourceOf = (conflict: Conflict): string =>
  conflict.kind === 'file' ? conflict.theirs.text : conflict.theirs.source

/** What is here stays, or a text made of both; it then counts as made from what was met. */
async function settle(parts: Parts, merged: string | null): Promise<void> {
  const { store, autosave, text } = parts
  const { conflict } = store.getState()
  if (conflict === null) return
  store.setState({ conflict: null })
  if (conflict.kind === 'draft') autosave.settle(conflict.theirs.revision, false)
  else if (conflict.kind === 'publish') store.setState({ base: baseOf(conflict.theirs) })
  else agree(parts, conflict.theirs.digest)
  if (merged !== null) text.put({ label: 'Merge both texts' }, { source: merged })
  else text.touch()
  if (conflict.kind === 'file') await saveFile(parts)
}

async function takeTheirs(parts: Parts): Promise<void> {
  const { store, autosave, text } = parts
  const { conflict } = store.getState()
  if (conflict === null) return
  store.setState({ conflict: null })
  if (conflict.kind === 'draft') {
    store.setState({ files: conflict.theirs.files })
    autosave.settle(conflict.theirs.revision, false)
  } else if (conflict.kind === 'publish') {
    store.setState({ base: baseOf(conflict.theirs), files: conflict.theirs.files })
  } else agree(parts, conflict.theirs.digest)
  const layout = conflict.kind === 'file' ? {} : { layout: conflict.theirs.layout }
  text.put({ label: LABELS[conflict.kind] }, { source: sourceOf(conflict), ...layout })
  text.touch()
}
