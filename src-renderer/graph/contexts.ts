import { createContext } from 'react'
import type { AnyStatus } from '../ui/status.ts'

/** How much of a node can be read at the zoom that the picture has. */
export type Detail = 'full' | 'name' | 'box'

export const DetailContext = createContext<Detail>('full')

const NAMES_BELOW = 0.45
const BOXES_BELOW = 0.12

export const detailAt = (zoom: number): Detail => (zoom >= NAMES_BELOW ? 'full' : zoom >= BOXES_BELOW ? 'name' : 'box')

/** What a run says about a step, on its node. */
export interface StepState {
  readonly status: AnyStatus
  /** ms that it took; null while it runs or before */
  readonly durationMs: number | null
  /** ISO time since when it runs; null when it does not */
  readonly from: string | null
  readonly attempts: number
  readonly fanOut: { readonly total: number; readonly done: number; readonly failed: number } | null
}

/**
 * A hook that selects the state of one step from a store, so that only the node of a step that changed is drawn anew. Must
 * be the same function for as long as the picture is shown.
 */
export type UseStepState = (step: string) => StepState | null

const nothing: UseStepState = () => null

export const StepStateContext = createContext<UseStepState>(nothing)

/** A mark on a node: how many problems, and the first one in words. */
export interface NodeMark {
  readonly severity: 'error' | 'warning'
  readonly text: string
}
