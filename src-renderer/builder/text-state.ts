import { changesSince } from './changes.ts'
import type { DocumentNeeds } from './document-needs.ts'
import type { DocumentStore, EditOptions } from './document-types.ts'
import { type Moment, recorded } from './history.ts'
import type { Reading } from './reading.ts'
import type { TextOperation } from './text-operation.ts'

/** Changes of text and places, each with its step of undo. */
export interface TextState {
  /** Puts another text or layout in place; `reading` when it is known already what the text says */
  put(
    change: { readonly label: string; readonly merge?: string | null },
    next: Partial<Moment>,
    reading?: Reading,
  ): void
  /** Changes the text that will be there when earlier changes are done. @returns why it was not possible, or null */
  change(label: string, operation: TextOperation, options: EditOptions): Promise<Error | null>
  /** Reads the text that is there */
  read(): void
  /** Counts what differs from the base */
  count(): void
  /** Something that is saved has changed */
  touch(): void
}

export function createTextState(store: DocumentStore, needs: DocumentNeeds, onChange: () => void): TextState {
  const count = (): void => {
    const { base, source, definition, layout, files } = store.getState()
    store.setState({ changes: changesSince(base, { source, value: definition, layout, files }) })
  }
  const accept = (reading: Reading): void => {
    const { source, definition } = store.getState()
    if (reading.source !== source) return
    store.setState({ parsed: reading, definition: reading.value ?? definition })
    count()
  }
  const read = (): void => {
    const reading = needs.texts.read(store.getState().source, accept)
    if (reading !== null) accept(reading)
  }
  const touch = (): void => {
    count()
    onChange()
  }
  const put: TextState['put'] = ({ label, merge = null }, next, reading) => {
    const state = store.getState()
    const isSame =
      (next.source === undefined || next.source === state.source) &&
      (next.layout === undefined || next.layout === state.layout)
    if (state.isReadOnly || isSame) return
    const history = recorded(
      { undo: state.undo, redo: state.redo },
      { source: state.source, layout: state.layout },
      { label, merge, at: needs.now() },
    )
    store.setState({ ...history, ...next })
    if (reading !== undefined) accept(reading)
    else if (next.source !== undefined) read()
    touch()
  }
  return { put, read, count, touch, change: createChanger(store, needs, put) }
}

/** Large texts are changed in a worker, one change after the other, each on what the one before has left. */
function createChanger(store: DocumentStore, needs: DocumentNeeds, put: TextState['put']): TextState['change'] {
  let before: Promise<unknown> | null = null

  const finish = (label: string, reading: Reading, { layout, merge, select }: EditOptions): void => {
    const next = { source: reading.source, ...(layout === undefined ? {} : { layout }) }
    put({ label, merge: merge ?? null }, next, reading)
    if (select !== undefined) {
      store.setState({ selection: select.length === 0 ? { kind: 'workflow' } : { kind: 'steps', names: select } })
    }
  }

  /** @returns null when it was done at once */
  const start = (label: string, operation: TextOperation, options: EditOptions): Promise<void> | null => {
    const { source, parsed } = store.getState()
    const current: Reading = parsed.source === source ? parsed : { source, value: undefined, faults: [], steps: [] }
    const answer = needs.texts.change(current, operation)
    if (!(answer instanceof Promise)) {
      finish(label, answer, options)
      return null
    }
    return answer.then((reading) => {
      // Typed in the meantime: the change is made to that text instead.
      if (store.getState().source !== source) return start(label, operation, options) ?? undefined
      finish(label, reading, options)
      return undefined
    })
  }

  return async (label, operation, options) => {
    if (store.getState().isReadOnly) return new Error('This version is only shown. Restore it as a draft to change it.')
    try {
      if (before === null) {
        const running = start(label, operation, options)
        if (running === null) return null
        await track(running)
      } else await track(before.then(() => start(label, operation, options) ?? undefined))
      return null
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  }

  function track(running: Promise<void>): Promise<void> {
    const settled = running.then(
      () => undefined,
      () => undefined,
    )
    before = settled
    void settled.then(() => {
      if (before === settled) before = null
    })
    return running
  }
}
