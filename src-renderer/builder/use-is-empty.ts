import type { Json } from '../../src-shared/contract/index.ts'
import { useDocument } from './document-context.tsx'

/** Whether the workflow has no step yet: then it is not faulty, but just begun. A list or a word is no workflow at all. */
export const isBegun = (definition: Json | undefined): boolean => {
  if (definition === null) return true
  if (typeof definition !== 'object' || Array.isArray(definition)) return false
  const { steps = null } = definition
  return steps === null || (typeof steps === 'object' && !Array.isArray(steps) && Object.keys(steps).length === 0)
}

export const useIsEmpty = (): boolean => useDocument((state) => isBegun(state.definition))
