import { complaintOf } from '../../api/index.ts'
import { useDocumentStore } from '../document-context.tsx'
import { type NamedThing, renameField } from './rename-field.ts'

/** Gives something another name, wherever it is read. @returns why it was not possible, or null */
export function useRenameField(thing: NamedThing): (from: string, to: string) => Promise<string | null> {
  const store = useDocumentStore()
  return async (from, to) => {
    const { actions, source, definition } = store.getState()
    if (thing.what === 'param') return actions.rename({ what: 'param', from, to })
    try {
      actions.replace(`Rename ${from} to ${to}`, renameField(source, definition ?? null, thing, from, to))
      return null
    } catch (error) {
      return complaintOf(error).detail
    }
  }
}
