import ELK, { type ElkNode } from 'elkjs/lib/elk-api.js'
import { fromElk, type Routes, toElk } from './elk-graph.ts'
import { withFixed } from './fixed.ts'
import { type Positions, simpleLayout } from './simple-layout.ts'
import type { Graph } from './types.ts'

export interface LaidOut {
  readonly positions: Positions
  readonly routes: Routes
  /** A sentence when it is not the layout that one would wish for */
  readonly note: string | null
}

export interface LayoutRequest {
  readonly signal: AbortSignal
  /** ms; the quick layout answers after this */
  readonly deadline?: number
}

/** Longer than this nobody waits for a prettier picture. */
const DEADLINE_MS = 8_000
/** The good layout of more nodes takes minutes, or more memory than a window has. */
const MAX_NODES = 2_500
const MAX_EDGES = 10_000
/** A layout of fewer nodes takes less time than a new worker. */
const STOP_FROM = 200

/** A layout of all nodes around those that the person has placed. Runs in a worker; aborting ends the worker. */
export async function layoutOf(graph: Graph, fixed: Positions, request: LayoutRequest): Promise<LaidOut> {
  if (graph.nodes.every((node) => fixed[node.id] !== undefined)) return { positions: fixed, routes: {}, note: null }
  const laidOut = await wholeLayout(graph, request)
  const isFree = graph.nodes.every((node) => fixed[node.id] === undefined)
  return isFree ? laidOut : { ...laidOut, positions: withFixed(graph, laidOut.positions, fixed), routes: {} }
}

async function wholeLayout(graph: Graph, { signal, deadline = DEADLINE_MS }: LayoutRequest): Promise<LaidOut> {
  if (graph.nodes.length > MAX_NODES || graph.edges.length > MAX_EDGES) {
    return quick(graph, `With ${graph.nodes.length} steps the picture is laid out quickly, in plain columns.`)
  }
  try {
    return { ...fromElk(await layoutInWorker(graph, signal, deadline)), note: null }
  } catch (error) {
    if (signal.aborted) throw error
    const reason = error instanceof LayoutTooSlow ? error.message : `The layout failed: ${String(error)}.`
    return quick(graph, `${reason} The picture is laid out in plain columns.`)
  }
}

const quick = (graph: Graph, note: string): LaidOut => ({ positions: simpleLayout(graph), routes: {}, note })

class LayoutTooSlow extends Error {
  override readonly name = 'LayoutTooSlow'
}

/** Kept between layouts: loading the library takes longer than most layouts. */
let idle: Layouter | null = null

function layoutInWorker(graph: Graph, signal: AbortSignal, deadline: number): Promise<ElkNode> {
  signal.throwIfAborted()
  const elk = idle ?? createLayouter()
  idle = null
  return new Promise((resolve, reject) => {
    const stop = (reason: Error): void => {
      elk.terminateWorker()
      reject(reason)
    }
    const timer = setTimeout(
      () => stop(new LayoutTooSlow(`The layout took longer than ${Math.round(deadline / 1000)} s.`)),
      deadline,
    )
    const onAbort = (): void => {
      const reason = new DOMException('The layout is not needed any more.', 'AbortError')
      // A small one is nearly done: ending its worker would cost more than letting it finish.
      if (graph.nodes.length >= STOP_FROM) stop(reason)
      else reject(reason)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    }
    elk.layout(toElk(graph)).then(
      (answer) => {
        done()
        if (idle === null) idle = elk
        else elk.terminateWorker()
        resolve(answer)
      },
      (error: unknown) => {
        done()
        stop(error instanceof Error ? error : new Error(messageOf(error)))
      },
    )
  })
}

const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error)

type Layouter = InstanceType<typeof ELK>

const createLayouter = (): Layouter =>
  new ELK({ workerFactory: () => new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' }) })
