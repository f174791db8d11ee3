import { ConnectionLineType, useReactFlow } from '@xyflow/react'
import { type DragEvent, type ReactNode, useRef } from 'react'
import { Flow } from '../graph/Flow.tsx'
import { BODY_PORT_Y } from '../graph/size.ts'
import { useLayout } from '../graph/use-layout.ts'
import { Loading } from '../ui/Notes.tsx'
import classes from './Canvas.module.css'
import { useDocument, useDocumentStore } from './document-context.tsx'
import { DRAG_TYPE, usePaletteItems } from './Palette.tsx'
import { PullPalette } from './PullPalette.tsx'
import { useCanvasKeys } from './use-canvas-keys.ts'
import { useClipboard } from './use-clipboard.ts'
import { useConnecting } from './use-connecting.ts'
import { useElements } from './use-elements.ts'
import { useGraph, useMarks } from './use-graph.ts'
import { useReveal } from './use-reveal.ts'
import { type Shown, type StepActions, useSteps } from './use-steps.ts'

interface CanvasProps {
  /** Opens the inspector */
  readonly onOpen: () => void
  readonly onAdd: (search: string) => void
  /** Handed out for buttons beside the canvas */
  readonly actionsRef: { current: StepActions | null }
}

/** The picture in which a workflow is drawn. */
export function Canvas({ onOpen, onAdd, actionsRef }: CanvasProps) {
  const store = useDocumentStore()
  const graph = useGraph()
  const marks = useMarks()
  const layout = useDocument((state) => state.layout)
  const isEditable = useDocument((state) => !state.isReadOnly)
  const { positions, routes, isReady, isWorking, note, round } = useLayout(graph, layout)
  const shown = useRef<Shown>({ graph, positions })
  shown.current = { graph, positions }
  const steps = useSteps(shown)
  actionsRef.current = steps
  const elements = useElements({ graph, positions, routes, marks, isEditable })
  const pull = useConnecting(shown, steps)
  useReveal(shown)

  if (!isReady) return <Loading what="Laying out the picture…" />
  return (
    <Surface shown={shown} steps={steps} onOpen={onOpen} onAdd={onAdd}>
      <Flow
        label="Steps of the workflow"
        {...elements}
        {...pull.handlers}
        {...LOOK}
        fitKey={round}
        isTidying={isWorking}
        onTidy={isEditable ? () => store.getState().actions.tidy() : undefined}
        nodesDraggable={isEditable}
        nodesConnectable={isEditable}
        onNodeDoubleClick={onOpen}
        onEdgeClick={(_, edge) => store.getState().actions.select({ kind: 'edge', id: edge.id })}
        onPaneClick={() => {
          store.getState().actions.select({ kind: 'workflow' })
          pull.close()
        }}
        controls={note === null ? null : <Note text={note} />}
      >
        {pull.sentence !== null && (
          <div className={`${classes.sentence} ${pull.sentence.ok ? '' : classes.refused}`} role="status">
            {pull.sentence.text}
          </div>
        )}
      </Flow>
      {pull.void !== null && (
        <PullPalette
          at={pull.void.screen}
          onPick={(item) => {
            if (pull.void !== null) steps.add(item, pull.void.flow, pull.void.from)
            pull.close()
          }}
          onClose={pull.close}
        />
      )}
    </Surface>
  )
}

/** How lines are drawn and steps are picked. */
const LOOK = {
  multiSelectionKeyCode: ['Shift', 'Meta', 'Control'],
  selectNodesOnDrag: false,
  nodeDragThreshold: 4,
  connectionRadius: 28,
  connectionLineStyle: { stroke: 'var(--weir-accent)', strokeWidth: 2 },
  connectionLineType: ConnectionLineType.SmoothStep,
}

const Note = ({ text }: { readonly text: string }) => (
  <span className={classes.note} title={text}>
    {text}
  </span>
)

interface SurfaceProps {
  readonly shown: { readonly current: Shown }
  readonly steps: StepActions
  readonly onOpen: () => void
  readonly onAdd: (search: string) => void
  readonly children: ReactNode
}

/** Takes keys, the clipboard, and what is dragged out of the palette. */
function Surface({ shown, steps, onOpen, onAdd, children }: SurfaceProps) {
  const { screenToFlowPosition } = useReactFlow()
  const onKeyDown = useCanvasKeys({ shown, steps, onOpen, onAdd })
  const clipboard = useClipboard(steps)
  const items = usePaletteItems()
  const onDrop = (event: DragEvent): void => {
    const item = items.find((one) => one.id === event.dataTransfer.getData(DRAG_TYPE))
    if (item === undefined) return
    event.preventDefault()
    const point = screenToFlowPosition({ x: event.clientX, y: event.clientY })
    steps.add(item, { x: point.x - GRAB_X, y: point.y - BODY_PORT_Y })
  }
  return (
    <div
      className={classes.canvas}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the canvas is one control with keys of its own
      tabIndex={0}
      role="application"
      aria-label="Canvas. Arrow keys move the selection from step to step, Enter opens a step, A adds one."
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.dataset['pointed'] = ''
        // A field inside, such as the search of the palette, keeps the keys.
        if (!isField(event.target)) event.currentTarget.focus({ preventScroll: true })
      }}
      onBlur={(event) => {
        delete event.currentTarget.dataset['pointed']
      }}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes(DRAG_TYPE)) event.preventDefault()
      }}
      onDrop={onDrop}
      {...clipboard}
    >
      {children}
    </div>
  )
}

const isField = (target: EventTarget): boolean => target instanceof HTMLElement && target.closest('input') !== null

/** Where a step hangs at the pointer that drops it. */
const GRAB_X = 40
