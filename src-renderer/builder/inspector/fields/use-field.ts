import type { z } from 'zod'
import type { DefinitionProblem, Json } from '../../../../src-shared/contract/index.ts'
import type { Path } from '../../../../src-shared/definition/index.ts'
import { useDocument, useDocumentStore } from '../../document-context.tsx'
import { changeLabel } from '../change-label.ts'
import { pathText, problemsIn } from '../problems-at.ts'
import { unsetEdit, valueAt } from '../unset.ts'
import { useIsLocked } from './lock.ts'

/** One value of the definition, as a field sees it. */
export interface Field {
  readonly path: Path
  readonly value: Json | undefined
  readonly problems: readonly DefinitionProblem[]
  /** Nothing can be changed: an old version is looked at, or the text cannot be read */
  readonly isLocked: boolean
  /** Writes the value; undefined takes the field away. Typing into one field is one step of undo. */
  readonly set: (value: Json | undefined) => void
}

/** A value that the definition holds at a path. */
export const useValue = (path: Path): Json | undefined => useDocument((state) => valueAt(state.definition, path))

export function useField(path: Path): Field {
  const store = useDocumentStore()
  const value = useValue(path)
  const problems = useDocument((state) => state.problems)
  const isLocked = useIsLocked()
  const set = (next: Json | undefined): void => {
    const { actions, definition } = store.getState()
    const label = changeLabel(path, next === undefined ? 'Remove' : value === undefined ? 'Set' : 'Change')
    const edit = next === undefined ? unsetEdit(definition, path) : { path, value: next }
    actions.edit(label, [edit], { merge: pathText(path) })
  }
  return { path, value, problems: problemsIn(problems, path), isLocked, set }
}

/** What every field of a form takes. */
export interface FieldProps {
  readonly path: Path
  /** Says what the field is called and what it means */
  readonly schema: z.ZodType
  /** Instead of the name in the file */
  readonly label?: string
  /** Takes the field away again */
  readonly onRemove?: () => void
  readonly autoFocus?: boolean
}
