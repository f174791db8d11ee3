import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import type { DocumentActions, DocumentState, DocumentStore } from './document-types.ts'

export const DocumentContext = createContext<DocumentStore | null>(null)

/** The open document, for what reads it outside of rendering. */
export function useDocumentStore(): DocumentStore {
  const store = useContext(DocumentContext)
  if (store === null) throw new Error('This part of the builder is shown without a document around it.')
  return store
}

/** A part of the open document; renders anew when that part, or one of its fields, changes. */
export const useDocument = <T,>(selector: (state: DocumentState) => T): T =>
  useStore(useDocumentStore(), useShallow(selector))

/** The actions of the open document; they stay the same for as long as it is open. */
export const useDocumentActions = (): DocumentActions => useDocument((state) => state.actions)
