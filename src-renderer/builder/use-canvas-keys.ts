import { useReactFlow } from '@xyflow/react'
import { type KeyboardEvent, useMemo } from 'react'
import type { Point, Positions } from '../graph/simple-layout.ts'
import { heightOf, isParams, NODE_WIDTH } from '../graph/size.ts'
import { useDocumentStore } from './document-context.tsx'
import { removeSelected } from './remove-selected.ts'
import type { Shown, StepActions } from './use-steps.ts'

interface KeyInputs {
  readonly shown: { readonly current: Shown }
  readonly steps: StepActions
  readonly onOpen: () => void
  readonly onAdd: (search: string) => void
}

export type Direction = 'left' | 'right' | 'up' | 'down'

const ARROWS: Record<string, Direction> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
}

/** Keys of the canvas; those of commands (undo, duplicate, add, fit) are registered with the commands. */
export function useCanvasKeys({ shown, steps, onOpen, onAdd }: KeyInputs) {
  const store = useDocumentStore()
  const { setCenter, getZoom } = useReactFlow()
  return useMemo(() => {
    const go = (direction: Direction): void => {
      const { selection, actions } = store.getState()
      const { graph, positions } = shown.current
      const from = selection.kind === 'steps' ? (selection.names.at(-1) ?? null) : null
      const next = neighbour(positions, from, direction)
      const node = graph.nodes.find((one) => one.id === next)
      const point = node === undefined ? undefined : positions[node.id]
      if (node === undefined || point === undefined) return
      actions.select({ kind: 'steps', names: [node.id] })
      void setCenter(point.x + NODE_WIDTH / 2, point.y + heightOf(node) / 2, { zoom: getZoom(), duration: 140 })
    }
    return (event: KeyboardEvent): void => {
      if (isTyping(event.target) || event.defaultPrevented) return
      const direction = ARROWS[event.key]
      const { selection, actions } = store.getState()
      const isEmpty = shown.current.graph.nodes.every((node) => isParams(node.id))
      const isLetter =
        event.key.length === 1 && /\S/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey
      if (direction !== undefined) go(direction)
      else if (event.key === 'Enter' && selection.kind === 'steps') onOpen()
      else if (event.key === 'Delete' || event.key === 'Backspace') removeSelected(store, shown.current, steps)
      else if (event.key === 'Escape') actions.select({ kind: 'workflow' })
      else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) selectAll()
      else if (isEmpty && isLetter) onAdd(event.key)
      else return
      event.preventDefault()
      event.stopPropagation()
    }
    function selectAll(): void {
      const names = shown.current.graph.nodes.map((node) => node.id).filter((id) => !isParams(id))
      if (names.length > 0) store.getState().actions.select({ kind: 'steps', names })
    }
  }, [store, shown, steps, onOpen, onAdd, setCenter, getZoom])
}

const isTyping = (target: EventTarget): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** How much worse a step aside is than one straight on. */
const ASIDE = 2.5

/** The nearest step in a direction; the leftmost one when none is selected. */
export function neighbour(positions: Positions, from: string | null, direction: Direction): string | null {
  const here = from === null ? undefined : positions[from]
  const others = Object.entries(positions).filter(([name]) => name !== from && !isParams(name))
  if (here === undefined) return others.toSorted(([, a], [, b]) => a.x - b.x || a.y - b.y)[0]?.[0] ?? null
  let best: string | null = null
  let least = Number.POSITIVE_INFINITY
  for (const [name, point] of others) {
    const cost = costOf(here, point, direction)
    if (cost >= least) continue
    least = cost
    best = name
  }
  return best
}

function costOf(here: Point, there: Point, direction: Direction): number {
  const isLevel = direction === 'left' || direction === 'right'
  const sign = direction === 'left' || direction === 'up' ? -1 : 1
  const ahead = (isLevel ? there.x - here.x : there.y - here.y) * sign
  const aside = Math.abs(isLevel ? there.y - here.y : there.x - here.x)
  // A column is a node wide: what stands less than half of that ahead is beside, not ahead.
  if (ahead <= (isLevel ? NODE_WIDTH / 2 : 0)) return Number.POSITIVE_INFINITY
  return ahead + aside * ASIDE
}
