import type { Json } from '../../../src-shared/contract/index.ts'
import { complaintOf } from '../../api/index.ts'
import { useDocumentStore } from '../document-context.tsx'
import { type NamedThing, renameField } from './rename-field.ts'

/** @param value what it is from then on, when that follows its name. @returns why it was not possible, or null */
type RenameField = (from: string, to: string, value?: Json | null) => Promise<string | null>

/** Gives something another name, wherever it is read. */
export function useRenameField(thing: NamedThing): RenameField {
  const store = useDocumentStore()
  return async (from, to, value = null) => {
    const { actions, source, definition } = store.getState()
    if (thing.what === 'param') return actions.rename({ what: 'param', from, to })
    try {
      actions.replace(`Rename ${from} to ${to}`, renameField(source, definition ?? null, thing, from, to, value))
      return null
    } catch (error) {
      return complaintOf(error).detail
    }
  }
}
