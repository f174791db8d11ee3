import type { AssetFile, Json, OutputSpec, Param } from '../../../src-shared/contract/index.ts'

/**
 * A definition after it was checked: every default filled in, every duration in milliseconds, every size in bytes.
 * Plain JSON, never changed, named by its digest. Strings may hold `${{ }}` expressions until a step is resolved.
 */
export interface Plan {
  /** SHA-256 of the canonical source and files */
  readonly digest: string
  readonly name: string
  readonly description: string | null
  readonly params: Readonly<Record<string, Param>>
  readonly files: readonly AssetFile[]
  /** In an order in which every step stands after what it needs */
  readonly steps: readonly PlanStep[]
  /** Templates of the run's result */
  readonly outputs: Readonly<Record<string, Json>>
  readonly priority: number
}

export interface PlanStep {
  readonly name: string
  readonly kind: 'run' | 'workflow' | 'approval' | 'sleep' | 'target'
  /** Steps that must end before: written in `needs` or read in an expression */
  readonly needs: readonly string[]
  /** True when `when` reads the status of a step that it needs: then it is asked even after that step failed */
  readonly runsAfterFailure: boolean
  /** CEL text, without the braces */
  readonly when: string | null
  /** Shell text or program with arguments; templates */
  readonly run: string | readonly string[] | null
  /** Template */
  readonly image: string | null
  /** Templates; the workflow's `env` merged in */
  readonly env: Readonly<Record<string, string>>
  readonly workdir: string | null
  /** The workflow's files that this step sees */
  readonly files: readonly AssetFile[]
  /** Templates */
  readonly inputs: Readonly<Record<string, Json>>
  readonly outputs: Readonly<Record<string, OutputSpec>>
  readonly forEach: {
    readonly items: Json
    readonly maxParallel: number | null
    readonly onFailure: 'fail' | 'continue'
  } | null
  /** Name of the child workflow */
  readonly workflow: string | null
  readonly approval: { readonly message: string; readonly form: Readonly<Record<string, Param>> } | null
  /** A duration, or a template that yields one */
  readonly sleep: string | null
  /** Kind `target`: the function that a worker runs. Absent in plans that were made before there were any */
  readonly target?: TargetRef | null
  /** Kind `target`: how it is dispatched; absent until it was bound to a version */
  readonly rules?: TargetRules
  readonly retry: RetryPolicy
  readonly timeoutMs: number | null
  readonly cache: CachePolicy | null
  readonly resources: StepResources
  readonly concurrency: { readonly key: string; readonly limit: number } | null
  readonly priority: number
  /** Names of the workflow's secret parameters: their values never count for a cache key */
  readonly secrets?: readonly string[]
}

/** A function in a module; the newest of the workspace, or of those above it, when `version` is null. */
export interface TargetRef {
  readonly module: string
  readonly name: string
  readonly version: number | null
}

/** Which arguments count for something: their positions, all when null. */
type Positions = readonly number[] | null

export interface TargetRules {
  /** Of the target, in the order of their positions */
  readonly parameters: readonly { readonly name: string; readonly kind: 'positional' | 'variadic' | 'named' }[]
  /** Digest of its code, when an edit of it makes older results unusable */
  readonly code: string | null
  /** Targets with the same one share results */
  readonly namespace: string
  readonly cached?: Positions
  readonly memo?: Positions
  readonly defer?: Positions
  readonly locked?: Positions
  /** Wait before the first attempt */
  readonly delayMs?: number
  /** Run again after each attempt that returns null, after so long */
  readonly recurrent?: { readonly delayMs: number }
  /** Tags that a worker must offer */
  readonly requires?: readonly string[]
  readonly isolation?: 'process' | 'shared'
}

export interface RetryPolicy {
  /** Further attempts after the first, 0 by default; null for as many as it takes */
  readonly limit: number | null
  readonly minDelayMs: number
  readonly maxDelayMs: number
  /** How the wait is chosen between the two: `linear` (default) grows evenly over the limit, `random` is anything between */
  readonly backoff?: 'linear' | 'random'
  /** Null retries every failure */
  readonly on: readonly ('error' | 'timeout' | 'abandoned' | 'oom' | number)[] | null
}

export interface CachePolicy {
  readonly maxAgeMs: number | null
  readonly version: string
  /** Inputs that count; null for all */
  readonly params: readonly string[] | null
}

export interface StepResources {
  readonly cpus: number
  readonly memoryBytes: number
  readonly gpus: number
}

/** What expressions can read. Everything is plain JSON; assets are asset values. */
export interface ExpressionContext {
  readonly params: Readonly<Record<string, Json>>
  readonly steps: Readonly<Record<string, StepContext>>
  readonly run: { readonly id: string; readonly workflow: string; readonly workspace: string }
  /** Only inside the step itself */
  readonly inputs?: Readonly<Record<string, Json>>
  /** Only inside a fan-out */
  readonly item?: Json
  readonly index?: number
}

export interface StepContext {
  readonly status: 'succeeded' | 'failed' | 'skipped' | 'cancelled'
  /** Of a fan-out: for each output name the list of the items' values, null for items that failed */
  readonly outputs: Readonly<Record<string, Json>>
  /** Of a fan-out: the items that failed */
  readonly failed?: readonly { readonly index: number; readonly error: string }[]
}

/** The inputs of one execution, and where its cache key came from. */
export interface ResolvedStep {
  readonly inputs: Readonly<Record<string, Json>>
  readonly concurrencyKey: string | null
  readonly cache: CacheKey | null
}

/**
 * A cache key and its parts: `workflow`, `step`, `version`, `code`, `image`, `input.<name>` for every input that counts,
 * and `read.<path>` for what command and env read past the inputs, e.g. `read.params.year`. Each part is a SHA-256, so that a miss can be explained field by field.
 */
export interface CacheKey {
  readonly key: string
  readonly parts: Readonly<Record<string, string>>
}
