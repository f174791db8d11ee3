import { ReactFlowProvider } from '@xyflow/react'
import { useMemo, useRef } from 'react'
import { Loading } from '../ui/Notes.tsx'
import { StepStateContext, type StepStates, StepStatesContext, type UseStepState } from './contexts.ts'
import { Flow } from './Flow.tsx'
import { flowEdges, flowNodes } from './flow-elements.ts'
import type { StepFlowNode } from './StepNode.tsx'
import type { Positions } from './simple-layout.ts'
import { isParams } from './size.ts'
import type { Graph } from './types.ts'
import { useGrowing } from './use-growing.ts'
import type { WireEdge } from './Wire.tsx'

interface GraphViewProps {
  /** Keep its identity for as long as it says the same: see `graphOf` */
  readonly graph: Graph
  /** Places that were saved with the version; others are laid out */
  readonly places: Positions
  readonly selected: string | null
  readonly onSelect: (step: string | null) => void
  /** State of each step in a run; the same function at each rendering */
  readonly useStepState?: UseStepState
  /** The same states for who paints them all */
  readonly stepStates?: StepStates
  readonly onOpen?: (step: string) => void
  /** Nodes come while it is watched: those that are there stay where they are */
  readonly grows?: boolean
}

const NO_MARKS = new Map<string, never>()

/** A definition as a picture to look at, with the states of a run on its nodes. */
export function GraphView(props: GraphViewProps) {
  return (
    <ReactFlowProvider>
      {props.useStepState === undefined ? (
        <Picture {...props} />
      ) : (
        <StepStateContext.Provider value={props.useStepState}>
          <StepStatesContext.Provider value={props.stepStates ?? null}>
            <Picture {...props} />
          </StepStatesContext.Provider>
        </StepStateContext.Provider>
      )}
    </ReactFlowProvider>
  )
}

function Picture({ graph, places, selected, onSelect, onOpen, grows = false }: GraphViewProps) {
  const { layout, tidy } = useGrowing(graph, places, grows)
  const { positions, routes, isReady, isWorking, note, round } = layout
  const nodes = useRef<StepFlowNode[]>([])
  const edges = useRef<WireEdge[]>([])
  const chosen = useMemo(() => new Set(selected === null ? [] : [selected]), [selected])
  nodes.current = useMemo(
    () => flowNodes({ graph, positions, selected: chosen, marks: NO_MARKS, isEditable: false }, nodes.current),
    [graph, positions, chosen],
  )
  edges.current = useMemo(
    () => flowEdges({ graph, routes, selected: chosen, selectedEdge: null, isEditable: false }, edges.current),
    [graph, routes, chosen],
  )
  if (!isReady) return <Loading what="Laying out the picture…" />
  return (
    <Flow
      label="Steps of the workflow"
      nodes={nodes.current}
      edges={edges.current}
      fitKey={round}
      isTidying={isWorking}
      follows={grows}
      onTidy={tidy ?? undefined}
      nodesDraggable={false}
      nodesConnectable={false}
      onNodeClick={(_, node) => onSelect(isParams(node.id) ? null : node.id)}
      onNodeDoubleClick={(_, node) => {
        if (!isParams(node.id)) onOpen?.(node.id)
      }}
      onPaneClick={() => onSelect(null)}
      controls={note === null ? null : <span className="dim">{note}</span>}
    />
  )
}
