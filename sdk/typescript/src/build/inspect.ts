import type { Fault } from '../protocol.ts'
import { ExecutorProcess } from '../worker/executor-process.ts'
import type { Inspected } from './manifest.ts'
import type { Source } from './sources.ts'

/** A module that has not been loaded after so long never will be. */
const LOAD_MS = 60_000

/**
 * Loads built modules in a process of its own, and answers what they export. One that throws is a fault.
 *
 * @param folder where the process has its working folder
 */
export async function inspect(
  sources: readonly Source[],
  files: ReadonlyMap<string, string>,
  folder: string,
): Promise<{ inspected: Inspected[]; faults: Fault[] }> {
  const built = sources.filter(({ module }) => files.has(module))
  const one = new ExecutorProcess(
    { folder, guard: null },
    {
      mode: 'inspect',
      modules: built.map(({ module }) => ({ module, file: files.get(module) ?? '', targets: null })),
      engine: null,
      project: '',
    },
  )
  const inspected: Inspected[] = []
  const faults: Fault[] = []
  const printed: string[] = []
  one.stderr.to((text) => printed.push(text))
  one.onMessage((message) => {
    if (message.type === 'broken') faults.push({ module: message.module, message: message.message })
    if (message.type !== 'found') return
    const source = built.find(({ module }) => module === message.module)
    if (source !== undefined) inspected.push({ source, targets: message.targets })
  })
  const timer = setTimeout(() => one.kill(), LOAD_MS)
  await one.ended
  clearTimeout(timer)
  for (const { module } of built) {
    const isKnown =
      faults.some((fault) => fault.module === module) || inspected.some(({ source }) => source.module === module)
    const said = printed.join('').trim()
    const why = said === '' ? 'It ended its process, or did not finish within a minute.' : said
    if (!isKnown) faults.push({ module, message: `The module could not be loaded. ${why}` })
  }
  return { inspected, faults }
}
