import { useDocument } from './document-context.tsx'
import { stepsOf } from './step-names.ts'

/** Whether the workflow has no step yet: then it is not faulty, but just begun. */
export const useIsEmpty = (): boolean =>
  useDocument((state) => state.definition !== undefined && Object.keys(stepsOf(state.definition)).length === 0)
