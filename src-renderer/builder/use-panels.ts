import { useMemo, useState } from 'react'
import { usePersisted } from '../ui/persisted.ts'
import { useIsNarrow } from './Sheet.tsx'
import type { PanelActions } from './use-builder-commands.ts'

/** What is shown around the canvas. */
export interface ShownPanels {
  readonly isNarrow: boolean
  readonly yaml: boolean
  readonly inspector: boolean
  readonly problems: boolean
  /** Narrow windows show one panel over the canvas */
  readonly sheet: 'inspector' | 'yaml' | null
  /** What is searched among the steps to add; null while that is closed */
  readonly palette: { readonly search: string; readonly round: number } | null
}

/** Panels that open and close; which of them are open is remembered. */
export function usePanels() {
  const isNarrow = useIsNarrow()
  const [hasYaml, setYaml] = usePersisted('builder.yaml', false)
  const [hasProblems, setProblems] = usePersisted('builder.problems', false)
  const [hasInspector, setInspector] = usePersisted('builder.inspector', true)
  const [sheet, setSheet] = useState<ShownPanels['sheet']>(null)
  const [palette, setPalette] = useState<ShownPanels['palette']>(null)
  const panels = useMemo<PanelActions>(() => {
    const toggleSheet = (name: 'inspector' | 'yaml') => setSheet((before) => (before === name ? null : name))
    return {
      toggleYaml: () => (isNarrow ? toggleSheet('yaml') : setYaml(!hasYaml)),
      toggleInspector: () => (isNarrow ? toggleSheet('inspector') : setInspector(!hasInspector)),
      openInspector: () => (isNarrow ? setSheet('inspector') : setInspector(true)),
      toggleProblems: () => setProblems(!hasProblems),
      // Asked for again while it is open: a new round, which puts the cursor into the search.
      openPalette: (search = '') => setPalette((before) => ({ search, round: (before?.round ?? 0) + 1 })),
    }
  }, [isNarrow, hasYaml, hasInspector, hasProblems, setYaml, setInspector, setProblems])
  const close = useMemo(() => ({ sheet: () => setSheet(null), palette: () => setPalette(null) }), [])
  const shown: ShownPanels = {
    isNarrow,
    yaml: hasYaml && !isNarrow,
    inspector: hasInspector && !isNarrow,
    problems: hasProblems,
    sheet,
    palette,
  }
  return { panels, shown, close }
}
