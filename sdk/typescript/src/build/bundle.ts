import { join, resolve } from 'node:path'
import type { BuildFailure, BuildOptions, Message } from 'esbuild'
import type { Fault } from '../protocol.ts'
import { META_DEFINES, metaOfSources, packagesOutside } from './externals.ts'
import type { Source } from './sources.ts'

export interface Bundle {
  /** Built file of each module that could be built */
  readonly files: ReadonlyMap<string, string>
  readonly faults: readonly Fault[]
  /** Absolute paths of all source files that went into it */
  readonly inputs: readonly string[]
}

/** Some packages are CommonJS inside and ask for `require`. */
const BANNER = `import { createRequire as __weirCreateRequire } from 'node:module'; const require = __weirCreateRequire(import.meta.url);`

const SHARED: BuildOptions = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.18',
  logLevel: 'silent',
}

/**
 * Builds modules so that a process can load them: one file for each, and files for what they share.
 * A module that cannot be built is a fault; the others are built all the same.
 *
 * @param outdir empty folder for the built files
 */
export async function bundle(sources: readonly Source[], root: string, outdir: string): Promise<Bundle> {
  try {
    return await bundleAll(sources, root, outdir)
  } catch (error) {
    if (!isBuildFailure(error)) throw error
    if (sources.length === 1)
      return { files: new Map(), faults: faultsOf(sources, error), inputs: inputsOf(sources, error, root) }
    return bundleGood(sources, root, outdir)
  }
}

async function bundleAll(sources: readonly Source[], root: string, outdir: string): Promise<Bundle> {
  const esbuild = await import('esbuild')
  const { metafile } = await esbuild.build({
    ...SHARED,
    entryPoints: Object.fromEntries(sources.map(({ module, file }) => [module, file])),
    splitting: true,
    outdir,
    outExtension: { '.js': '.mjs' },
    sourcemap: 'linked',
    sourcesContent: false,
    keepNames: true,
    metafile: true,
    absWorkingDir: root,
    banner: { js: BANNER },
    define: META_DEFINES,
    plugins: [packagesOutside, metaOfSources],
  })
  return {
    files: new Map(sources.map(({ module }) => [module, join(outdir, `${module}.mjs`)])),
    faults: [],
    inputs: Object.keys(metafile.inputs).map((path) => resolve(root, path)),
  }
}

/** Builds each alone to learn which are good, then those together. */
async function bundleGood(sources: readonly Source[], root: string, outdir: string): Promise<Bundle> {
  const alone: Bundle[] = []
  for (const source of sources) alone.push(await bundle([source], root, join(outdir, `alone-${source.module}`)))
  const good = sources.filter((_source, at) => alone[at]?.faults.length === 0)
  const all = good.length === 0 ? { files: new Map<string, string>() } : await bundleAll(good, root, outdir)
  const inputs = new Set(alone.flatMap((one) => one.inputs))
  return { files: all.files, faults: alone.flatMap((one) => one.faults), inputs: [...inputs] }
}

export const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && 'errors' in error && Array.isArray(error.errors) && 'warnings' in error

function faultsOf(sources: readonly Source[], failure: BuildFailure): Fault[] {
  return sources.map(({ module }) => ({ module, message: failure.errors.map(describe).join('\n') }))
}

/** `digits.ts:12:5: Expected ")" but found "}"`, and the line. */
function describe({ text, location }: Message): string {
  if (location === null) return text
  const { file, line, column, lineText } = location
  return `${file}:${line}:${column + 1}: ${text}\n    ${lineText.trim()}`
}

/** Files to watch although nothing was built: where the faults are, and the modules themselves. */
function inputsOf(sources: readonly Source[], failure: BuildFailure, root: string): string[] {
  const places = failure.errors.flatMap(({ location }) => (location === null ? [] : [resolve(root, location.file)]))
  return [...new Set([...sources.map(({ file }) => file), ...places])]
}
