/** A definition as a picture. Made from any value, also one that is half typed: what cannot be understood is left out. */
export interface Graph {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}

export type NodeKind = 'params' | 'run' | 'target' | 'workflow' | 'approval' | 'sleep' | 'unknown'

export interface GraphNode {
  /** The step's name; `PARAMS_NODE` for the parameters of the workflow */
  readonly id: string
  readonly name: string
  readonly kind: NodeKind
  /** Image of a step that runs in a container */
  readonly image: string | null
  /** One line of what it does */
  readonly summary: string
  /** It holds the calls of a function, which come while a run goes on */
  readonly holdsCalls?: boolean
  readonly forEach: { readonly items: string; readonly maxParallel: number | null } | null
  /** Only what is set */
  readonly badges: readonly Badge[]
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
}

export interface Badge {
  readonly kind: 'retry' | 'cache' | 'resources' | 'timeout' | 'when' | 'concurrency'
  /** Short, for the node's foot: `3 ×` */
  readonly text: string
  /** A sentence, on hover */
  readonly title: string
}

export type PortType =
  | 'any'
  | 'json'
  | 'text'
  | 'files'
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'array'
  | 'object'
  | 'file'
  | 'directory'
  | 'secret'

export interface Port {
  readonly name: string
  readonly type: PortType
  /** Of an input: what it is set to, when that is no connection of its own */
  readonly value: string | null
  /** False for what could be set but is not, e.g. a parameter of a child workflow */
  readonly isSet: boolean
}

/**
 * data: an expression reads an output. order: `needs`. condition: `when` reads the step. Of runs of code: call: a function
 * calls another. result: one is given the results of the other. shared: a call was answered with one that was made elsewhere.
 */
export type EdgeKind = 'data' | 'order' | 'condition' | 'call' | 'result' | 'shared'

export interface GraphEdge {
  readonly id: string
  readonly kind: EdgeKind
  readonly source: string
  /** Name of the output, or null: the step as a whole */
  readonly sourcePort: string | null
  readonly target: string
  /** Name of the input, or null: somewhere in the step */
  readonly targetPort: string | null
  /** How many calls it stands for */
  readonly count?: number
  /** A sentence, on hover */
  readonly title?: string
  /** It is not among what is looked at */
  readonly isDim?: boolean
}

/** Parameters of other workflows, and of targets (`digits/train`), as far as they are known, for the inputs of steps that run them. */
export type ChildParams = ReadonlyMap<string, Readonly<Record<string, PortType>>>

/** The node of the workflow's parameters. No step can have this name. */
export const PARAMS_NODE = '$params'
