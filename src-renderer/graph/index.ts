/** Pictures of definitions, for the builder and the run view. */
export type { StepState, StepStates, UseStepState } from './contexts.ts'
export { withShared } from './flow-elements.ts'
export { GraphView } from './GraphView.tsx'
export { graphOf } from './model.ts'
export {
  type ChildParams,
  type EdgeKind,
  type Graph,
  type GraphEdge,
  type GraphNode,
  PARAMS_NODE,
  type PortType,
} from './types.ts'
