import { useEffect, useState } from 'react'
import type { Path } from '../../../../src-shared/definition/index.ts'
import { useDocument, useDocumentStore } from '../../document-context.tsx'
import { changeLabel } from '../change-label.ts'
import { isInside, pathText } from '../problems-at.ts'
import { unsetEdit, valueAt } from '../unset.ts'
import { mapOf } from '../values.ts'
import { useIsLocked } from './lock.ts'
import { useValue } from './use-field.ts'

/** The optional fields of a map: those that are set or were opened, and those that could be added. */
export interface Optional {
  readonly shown: readonly string[]
  readonly addable: readonly string[]
  /** The one that was opened last, which takes the focus */
  readonly fresh: string | null
  readonly open: (key: string) => void
  readonly close: (key: string) => void
}

/**
 * @param keys all optional fields, in the order in which they stand in the form
 * @param allowed those that may be added; others are shown only when they are there
 */
export function useOptional(path: Path, keys: readonly string[], allowed: readonly string[] = keys): Optional {
  const value = useValue(path)
  const problems = useDocument((state) => state.problems)
  const isLocked = useIsLocked()
  const place = pathText(path)
  const [opened, setOpened] = useState<readonly string[]>([])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another step begins with nothing opened
  useEffect(() => setOpened([]), [place])
  const map = mapOf(value)
  const isShown = (key: string): boolean =>
    Object.hasOwn(map, key) ||
    opened.includes(key) ||
    problems.some((problem) => isInside(problem.path, pathText([...path, key])))
  const shown = keys.filter(isShown)
  return {
    shown,
    addable: isLocked ? [] : keys.filter((key) => allowed.includes(key) && !shown.includes(key)),
    fresh: opened.at(-1) ?? null,
    open: (key) => setOpened([...opened.filter((one) => one !== key), key]),
    close: (key) => setOpened(opened.filter((one) => one !== key)),
  }
}

/** Takes optional fields of a map away again, whether they were filled in or only opened. */
export function useRemover(path: Path, optional: Optional): (key: string) => () => void {
  const store = useDocumentStore()
  return (key) => () => {
    const { definition, actions } = store.getState()
    const place = [...path, key]
    if (valueAt(definition, place) !== undefined) {
      actions.edit(changeLabel(place, 'Remove'), [unsetEdit(definition, place)])
    }
    optional.close(key)
  }
}
