import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Plugin } from 'esbuild'
import * as sdk from '../index.ts'
import { loaderOf } from './externals.ts'
import { markPure } from './pure-calls.ts'
import type { Source } from './sources.ts'
import type { Typescript } from './types.ts'

const VIRTUAL = 'weir-digest'

/**
 * Digests of the code of targets: of the function and of all that it uses inside its project, without comments and
 * without what the same files hold besides. Packages count by their names only. The same on every machine.
 *
 * @param wanted names of exported targets of each source
 * @returns digests by `module/target`
 */
export async function codeDigests(
  wanted: readonly { readonly source: Source; readonly names: readonly string[] }[],
  root: string,
  compiler: Typescript,
): Promise<Map<string, string>> {
  const targets = wanted.flatMap(({ source, names }) =>
    names.map((name) => ({ source, name, path: `${source.module}/${name}` })),
  )
  if (targets.length === 0) return new Map()
  const esbuild = await import('esbuild')
  const { outputFiles } = await esbuild.build({
    entryPoints: targets.map(({ path }) => ({ in: `${VIRTUAL}:${path}`, out: path })),
    bundle: true,
    write: false,
    outdir: root,
    absWorkingDir: root,
    format: 'esm',
    platform: 'node',
    target: 'node20.18',
    packages: 'external',
    minifyWhitespace: true,
    legalComments: 'none',
    charset: 'utf8',
    sourcemap: false,
    logLevel: 'silent',
    plugins: [
      virtualEntries(new Map(targets.map(({ path, name, source }) => [path, { name, file: source.file }])), compiler),
    ],
  })
  const digests = new Map<string, string>()
  for (const [at, { path }] of targets.entries()) {
    const text = outputFiles[at]?.text
    if (text !== undefined) digests.set(path, createHash('sha256').update(text).digest('hex'))
  }
  return digests
}

/**
 * Entries that export one target each, from sources whose unused targets are left out, and an SDK that is no more than names:
 * what one file imports of it must not show in the code of all its targets.
 */
function virtualEntries(
  entries: ReadonlyMap<string, { readonly name: string; readonly file: string }>,
  compiler: Typescript,
): Plugin {
  return {
    name: VIRTUAL,
    setup: (build) => {
      build.onResolve({ filter: new RegExp(`^${VIRTUAL}:`) }, ({ path }) => ({
        path: path.slice(VIRTUAL.length + 1),
        namespace: VIRTUAL,
      }))
      build.onLoad({ filter: /.*/, namespace: VIRTUAL }, ({ path }) => {
        const entry = entries.get(path)
        if (entry === undefined) return { errors: [{ text: `${path} is no target.` }] }
        return {
          contents: `export { ${entry.name} } from ${JSON.stringify(entry.file)}`,
          resolveDir: build.initialOptions.absWorkingDir ?? '.',
        }
      })
      build.onResolve({ filter: /^weir-sdk(\/testing)?$/ }, () => ({ path: 'sdk', namespace: `${VIRTUAL}-sdk` }))
      build.onLoad({ filter: /.*/, namespace: `${VIRTUAL}-sdk` }, () => ({ contents: namesOfSdk() }))
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path }) => ({
        contents: markPure(compiler, path, await readFile(path, 'utf8')),
        loader: loaderOf(path),
      }))
    },
  }
}

const namesOfSdk = (): string =>
  Object.keys(sdk)
    .map((name) => `export function ${name}() {}`)
    .join('\n')
