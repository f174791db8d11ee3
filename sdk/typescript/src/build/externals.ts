import { readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Loader, OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from 'esbuild'
import { SDK_URL, TESTING_URL } from './package.ts'

/** Marks what this plugin itself asks the bundler to resolve. */
const ASKED = Symbol('asked by weir-sdk')
const URL_LIKE = /^[a-z][a-z0-9+.-]+:/
/** How a source file is read, by its suffix. */
export const loaderOf = (path: string): Loader => LOADERS[path.slice(path.lastIndexOf('.') + 1)] ?? 'ts'

const LOADERS: { readonly [suffix: string]: Loader } = { tsx: 'tsx', jsx: 'jsx', js: 'js', mjs: 'js', cjs: 'js' }

/**
 * Keeps packages out of the bundle, by the address of the file that the project would load: so the bundle can lie anywhere.
 * The SDK is always the copy of the worker that hosts the module.
 */
export const packagesOutside: Plugin = {
  name: 'weir-packages-outside',
  setup: (build) => {
    build.onResolve({ filter: /^[^./]/ }, (args) => resolveBare(build, args))
  },
}

async function resolveBare(build: PluginBuild, args: OnResolveArgs): Promise<OnResolveResult | undefined> {
  if (args.pluginData === ASKED || args.kind === 'entry-point') return undefined
  if (args.path === 'weir-sdk') return { path: SDK_URL, external: true }
  if (args.path === 'weir-sdk/testing') return { path: TESTING_URL, external: true }
  if (isBuiltin(args.path) || URL_LIKE.test(args.path)) return { path: args.path, external: true }
  const { importer, resolveDir, kind } = args
  const found = await build.resolve(args.path, { importer, resolveDir, kind, pluginData: ASKED })
  if (found.errors.length > 0) return { errors: found.errors }
  if (!/[\\/]node_modules[\\/]/.test(found.path)) return found // a path of tsconfig, or a package of the same workspace
  return { path: kind === 'require-call' ? found.path : pathToFileURL(found.path).href, external: true }
}

const META = { url: '__weirMetaUrl', filename: '__weirMetaFilename', dirname: '__weirMetaDirname' } as const

/** `import.meta.url` and its like go on meaning the source file. */
export const META_DEFINES = {
  'import.meta.url': META.url,
  'import.meta.filename': META.filename,
  'import.meta.dirname': META.dirname,
}

export const metaOfSources: Plugin = {
  name: 'weir-meta-of-sources',
  setup: (build) => {
    build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      if (!text.includes('import.meta')) return undefined
      const values = { url: pathToFileURL(path).href, filename: path, dirname: dirname(path) }
      const lines = (['url', 'filename', 'dirname'] as const).map(
        (key) => `${META[key]}=${JSON.stringify(values[key])}`,
      )
      const start = text.startsWith('#!') ? text.indexOf('\n') + 1 : 0 // numbers of lines stay as they are
      const contents = `${text.slice(0, start)}const ${lines.join(',')};${text.slice(start)}`
      return { contents, loader: loaderOf(path) }
    })
  },
}
