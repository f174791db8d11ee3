import { type Draft, type DraftContent, ProblemError } from '../../src-shared/contract/index.ts'
import type { DocumentNeeds } from './document-needs.ts'
import type { DocumentState, DocumentStore, Opening } from './document-types.ts'
import { isSameContent } from './opening.ts'
import { nextSaving, type SaveEvent, type Saving, savedAs } from './saving.ts'

const SOON_MS = 400
/** Large texts are sent less often. */
const SOON_MS_PER_MB = 1_000
const MEGABYTE = 1_000_000
const RETRY_MS = 1_000
const LONGEST_RETRY_MS = 10_000

export interface Autosave {
  /** Something that is saved has changed */
  changed(): void
  /** Saves at once what waits; rejects when that was not possible */
  flush(): Promise<void>
  /** The conflict is over: what is here follows that revision now */
  settle(revision: number, isSame: boolean): void
  /** Forgets the draft after it was published or thrown away: the next change makes a new one */
  restart(id: string): void
  /** The revision of the draft in the engine; 0 when there is none */
  revision(): number
  close(): void
}

export const contentOf = ({ workflow, base, origin, source, files, layout }: DocumentState): DraftContent => ({
  workflow,
  base: base?.version ?? null,
  origin,
  source,
  files: [...files],
  layout,
})

/** Keeps a document safe: at once in this browser, soon in the engine. */
export function createAutosave(store: DocumentStore, opening: Opening, needs: DocumentNeeds): Autosave {
  let saving: Saving = savedAs(opening.revision)
  let timer: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  let leftBehind = opening.backup
  let running: Promise<void> | null = null
  let isClosed = false

  const step = (event: SaveEvent): void => {
    const next = nextSaving(saving, event)
    saving = next.saving
    store.setState({ save: { state: saving.phase, at: saving.at, error: saving.error } })
    if (next.task === 'send') running = send()
    else if (next.task === 'soon') wait(SOON_MS + (store.getState().source.length / MEGABYTE) * SOON_MS_PER_MB)
    else if (next.task === 'retry') wait(Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** Math.min(failures, 6)))
  }
  const wait = (ms: number): void => {
    clearTimeout(timer)
    if (!isClosed) timer = setTimeout(() => step({ kind: 'due' }), ms)
  }
  const backUp = (): void => {
    const state = store.getState()
    const record = { draft: state.id, window: needs.window, content: contentOf(state) }
    needs.backups.put({ ...record, revision: saving.revision, at: needs.now() })
  }
  const forget = (draft: string): void => {
    needs.backups.remove(draft, needs.window)
    if (leftBehind !== null) needs.backups.remove(leftBehind.draft, leftBehind.window)
    leftBehind = null
  }
  const send = async (): Promise<void> => {
    const { id } = store.getState()
    try {
      const { revision } = await needs.saveDraft(id, contentOf(store.getState()), saving.revision)
      if (store.getState().id !== id) return
      failures = 0
      step({ kind: 'confirmed', revision, at: needs.now() })
      if (saving.phase === 'saved') forget(id)
    } catch (error) {
      if (store.getState().id !== id) return
      if (error instanceof ProblemError && error.code === 'draft_conflict') await meet(id)
      else {
        step({ kind: 'failed', error })
        failures += 1
      }
    }
  }
  /** Another window has saved since: when it saved the same, there is nothing to decide. */
  const meet = async (id: string): Promise<void> => {
    try {
      const theirs = await needs.getDraft(id)
      if (isSameContent(theirs, contentOf(store.getState()))) settle(theirs.revision, true)
      else conflict(theirs)
    } catch (error) {
      // Thrown away or published in the other window: what is here becomes a draft of its own again.
      if (error instanceof ProblemError && error.code === 'draft_not_found') settle(0, false)
      else step({ kind: 'failed', error })
    }
  }
  const conflict = (theirs: Draft): void => {
    step({ kind: 'refused' })
    store.setState({ conflict: { kind: 'draft', theirs } })
  }
  const settle = (revision: number, isSame: boolean): void => {
    saving = { ...saving, inFlight: null }
    step({ kind: 'settled', revision, isSame })
    if (isSame) forget(store.getState().id)
  }
  if (opening.theirs !== null) step({ kind: 'refused' })

  return {
    changed() {
      backUp()
      step({ kind: 'changed' })
    },
    async flush() {
      clearTimeout(timer)
      await running
      while (saving.version !== saving.savedVersion) {
        step({ kind: 'due' })
        await running
        if (saving.phase === 'failed') throw saving.error
        if (saving.phase === 'conflict') throw new Error('The draft was changed elsewhere. Decide which text is kept.')
      }
    },
    settle,
    restart(id) {
      clearTimeout(timer)
      forget(store.getState().id)
      store.setState({ id })
      saving = savedAs(0, needs.now())
      store.setState({ save: { state: 'saved', at: saving.at, error: null } })
    },
    revision: () => saving.revision,
    close() {
      isClosed = true
      clearTimeout(timer)
      if (saving.version !== saving.savedVersion && saving.phase !== 'conflict') step({ kind: 'due' })
    },
  }
}
