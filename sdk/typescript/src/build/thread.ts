import { mkdirSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import type ts from 'typescript'
import type { Fault, Manifest } from '../protocol.ts'
import { bundle } from './bundle.ts'
import { inspect } from './inspect.ts'
import { manifestsOf } from './manifest.ts'
import type { Source } from './sources.ts'

/** Builds modules in a thread of its own: the compiler keeps it busy for a second or two, and the worker goes on. */

export interface BuildOrder {
  readonly id: number
  readonly sources: readonly Source[]
  readonly root: string
  /** New folder for the built files */
  readonly outdir: string
}

export interface BuildResult {
  readonly id: number
  /** Of the good modules */
  readonly manifests: readonly Manifest[]
  readonly files: ReadonlyMap<string, string>
  readonly faults: readonly Fault[]
  /** Files to watch */
  readonly inputs: readonly string[]
}

let program: ts.Program | undefined

async function build({ id, sources, root, outdir }: BuildOrder): Promise<BuildResult> {
  mkdirSync(outdir, { recursive: true })
  const built = await bundle(sources, root, outdir)
  const { inspected, faults } = await inspect(sources, built.files, outdir)
  const made = await manifestsOf(inspected, root, program)
  program = made.program
  return {
    id,
    manifests: made.manifests,
    files: built.files,
    faults: [...built.faults, ...faults, ...made.faults],
    inputs: built.inputs,
  }
}

parentPort?.on('message', (order: BuildOrder) => {
  build(order).then(
    (result) => parentPort?.postMessage(result),
    (error: unknown) => {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
      const faults = order.sources.map(({ module }) => ({ module, message }))
      const inputs = order.sources.map(({ file }) => file)
      parentPort?.postMessage({ id: order.id, manifests: [], files: new Map(), faults, inputs } satisfies BuildResult)
    },
  )
})
