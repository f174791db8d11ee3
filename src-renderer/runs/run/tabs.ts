import type { Tab } from './place.ts'

/** The parts of the run view, in their order. */
export const tabs: readonly { readonly id: Tab; readonly name: string }[] = [
  { id: 'graph', name: 'Graph' },
  { id: 'timeline', name: 'Timeline' },
  { id: 'steps', name: 'Steps' },
  { id: 'assets', name: 'Assets' },
  { id: 'logs', name: 'Logs' },
  { id: 'compare', name: 'Compare' },
]
