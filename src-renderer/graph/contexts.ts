import { createContext } from 'react'
import type { AnyStatus } from '../ui/status.ts'

/** How much of a node can be read at the zoom that the picture has. */
export type Detail = 'full' | 'name' | 'box'

export const DetailContext = createContext<Detail>('full')

/** Who draws needs the ports for longer than who watches, to whom a name and a state in large letters say more. */
const NAMES_BELOW = { drawing: 0.5, watching: 0.72 }
const BOXES_BELOW = 0.12

export const detailAt = (zoom: number, isEditable: boolean): Detail => {
  if (zoom < BOXES_BELOW) return 'box'
  return zoom < (isEditable ? NAMES_BELOW.drawing : NAMES_BELOW.watching) ? 'name' : 'full'
}

/** Least zoom at which a picture is shown that does not fit: there names can be read, and ports where lines are drawn. */
export const readableZoom = (isEditable: boolean): number => (isEditable ? 0.6 : 0.45)

/** What a run says about a step, on its node. */
export interface StepState {
  readonly status: AnyStatus
  /** ms that it took; null while it runs or before */
  readonly durationMs: number | null
  /** ISO time since when it runs; null when it does not */
  readonly from: string | null
  readonly attempts: number
  /** It is not among what is looked at */
  readonly isDim?: boolean
  readonly fanOut: { readonly total: number; readonly done: number; readonly failed: number } | null
}

/**
 * A hook that selects the state of one step from a store, so that only the node of a step that changed is drawn anew. Must
 * be the same function for as long as the picture is shown.
 */
export type UseStepState = (step: string) => StepState | null

const nothing: UseStepState = () => null

export const StepStateContext = createContext<UseStepState>(nothing)

/** The same for who paints all nodes at once. */
export interface StepStates {
  get(step: string): StepState | null
  /** Calls when any state may have changed; answers how to stop it. */
  subscribe(listener: () => void): () => void
}

export const StepStatesContext = createContext<StepStates | null>(null)

/** A mark on a node: how many problems, and the first one in words. */
export interface NodeMark {
  readonly severity: 'error' | 'warning'
  readonly text: string
}
