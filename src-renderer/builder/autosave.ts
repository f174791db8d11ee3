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
  /** Waits for a save that is on its way, and starts none by itself until the next change */
  rest(): Promise<void>
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
export const createAutosave = (store: DocumentStore, opening: Opening, needs: DocumentNeeds): Autosave =>
  new Autosaver(store, opening, needs)

class Autosaver implements Autosave {
  readonly #store: DocumentStore
  readonly #needs: DocumentNeeds
  #saving: Saving
  #timer: ReturnType<typeof setTimeout> | undefined
  #failures = 0
  /** The copy of a window that is gone, which this document has taken over */
  #leftBehind: Opening['backup']
  #running: Promise<void> | null = null
  #isClosed = false

  constructor(store: DocumentStore, opening: Opening, needs: DocumentNeeds) {
    this.#store = store
    this.#needs = needs
    this.#saving = savedAs(opening.revision)
    this.#leftBehind = opening.backup
    if (opening.theirs !== null) this.#step({ kind: 'refused' })
  }

  changed(): void {
    const state = this.#store.getState()
    const record = { draft: state.id, window: this.#needs.window, content: contentOf(state) }
    this.#needs.backups.put({ ...record, revision: this.#saving.revision, at: this.#needs.now() })
    this.#step({ kind: 'changed' })
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#running
    while (this.#saving.version !== this.#saving.savedVersion) {
      this.#step({ kind: 'due' })
      await this.#running
      if (this.#saving.phase === 'failed') throw this.#saving.error
      if (this.#saving.phase === 'conflict')
        throw new Error('The draft was changed elsewhere. Decide which text is kept.')
    }
  }

  async rest(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#running
    clearTimeout(this.#timer)
  }

  settle(revision: number, isSame: boolean): void {
    this.#saving = { ...this.#saving, inFlight: null }
    this.#step({ kind: 'settled', revision, isSame })
    if (isSame) this.#forget(this.#store.getState().id)
  }

  restart(id: string): void {
    clearTimeout(this.#timer)
    this.#forget(this.#store.getState().id)
    this.#saving = savedAs(0, this.#needs.now())
    this.#store.setState({ id, save: { state: 'saved', at: this.#saving.at, error: null } })
  }

  revision(): number {
    return this.#saving.revision
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    if (this.#saving.version !== this.#saving.savedVersion && this.#saving.phase !== 'conflict') {
      this.#step({ kind: 'due' })
    }
  }

  #step(event: SaveEvent): void {
    const { saving, task } = nextSaving(this.#saving, event)
    this.#saving = saving
    this.#store.setState({ save: { state: saving.phase, at: saving.at, error: saving.error } })
    const size = this.#store.getState().source.length / MEGABYTE
    if (task === 'send') this.#running = this.#send()
    else if (task === 'soon') this.#wait(SOON_MS + size * SOON_MS_PER_MB)
    else if (task === 'retry') this.#wait(Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** Math.min(this.#failures, 6)))
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer)
    if (!this.#isClosed) this.#timer = setTimeout(() => this.#step({ kind: 'due' }), ms)
  }

  #forget(draft: string): void {
    this.#needs.backups.remove(draft, this.#needs.window)
    if (this.#leftBehind !== null) this.#needs.backups.remove(this.#leftBehind.draft, this.#leftBehind.window)
    this.#leftBehind = null
  }

  async #send(): Promise<void> {
    const { id } = this.#store.getState()
    const isOther = (): boolean => this.#store.getState().id !== id
    try {
      const { revision } = await this.#needs.saveDraft(id, contentOf(this.#store.getState()), this.#saving.revision)
      if (isOther()) return
      this.#failures = 0
      this.#step({ kind: 'confirmed', revision, at: this.#needs.now() })
      if (this.#saving.phase === 'saved') this.#forget(id)
    } catch (error) {
      if (isOther()) return
      if (error instanceof ProblemError && error.code === 'draft_conflict') await this.#meet(id)
      else {
        this.#step({ kind: 'failed', error })
        this.#failures += 1
      }
    }
  }

  /** Another window has saved since: when it saved the same, there is nothing to decide. */
  async #meet(id: string): Promise<void> {
    try {
      const theirs = await this.#needs.getDraft(id)
      if (isSameContent(theirs, contentOf(this.#store.getState()))) this.settle(theirs.revision, true)
      else this.#conflict(theirs)
    } catch (error) {
      // Thrown away or published in the other window: what is here becomes a draft of its own again.
      if (error instanceof ProblemError && error.code === 'draft_not_found') this.settle(0, false)
      else this.#step({ kind: 'failed', error })
    }
  }

  #conflict(theirs: Draft): void {
    this.#step({ kind: 'refused' })
    this.#store.setState({ conflict: { kind: 'draft', theirs } })
  }
}
