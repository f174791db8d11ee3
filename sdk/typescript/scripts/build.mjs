/**
 * Builds dist: bundles that load quickly, with the code that they have in common in files of their own, and types. npm
 * runs it as `prepare` when the package is installed from its folder; a folder outside of the project gets its dependencies here,
 * because npm then only links it.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PACKAGE = dirname(dirname(fileURLToPath(import.meta.url)))
const NEXT = join(PACKAGE, `dist.next-${process.pid}`)
const require = createRequire(join(PACKAGE, 'package.json'))
const { dependencies } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'))

const ENTRIES = {
  index: 'src/index.ts',
  testing: 'src/testing/index.ts',
  cli: 'src/worker/command.ts',
  runner: 'src/runner/main.ts',
  'build-thread': 'src/build/thread.ts',
}

function run(program, args) {
  const { status, error } = spawnSync(program, args, { cwd: PACKAGE, stdio: ['ignore', 'inherit', 'inherit'] })
  if (status === 0) return
  throw new Error(`${program} ${args[0] ?? ''} failed${error === undefined ? '' : `: ${error.message}`}, see above.`)
}

const isThere = (name) => {
  try {
    require.resolve(name)
    return true
  } catch {
    return false
  }
}

function ensureDependencies() {
  if (Object.keys(dependencies).every(isThere)) return
  const options = ['--omit=dev', '--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund']
  run(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['install', ...options])
}

async function bundle() {
  const { build } = await import('esbuild')
  await build({
    entryPoints: Object.entries(ENTRIES).map(([out, path]) => ({ in: join(PACKAGE, path), out })),
    outdir: NEXT,
    absWorkingDir: PACKAGE,
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20.18',
    keepNames: true,
    legalComments: 'none',
    logLevel: 'warning',
  })
}

/** Types, with imports that name the files as they are called there. */
function declare() {
  run(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--outDir', NEXT])
  for (const entry of readdirSync(NEXT, { withFileTypes: true, recursive: true })) {
    if (!entry.name.endsWith('.d.ts')) continue
    const file = join(entry.parentPath ?? entry.path, entry.name)
    const text = readFileSync(file, 'utf8').replace(/(from\s+|import\()(['"])(\.{1,2}\/[^'"]+)\.ts\2/g, '$1$2$3.js$2')
    writeFileSync(file, text)
  }
  writeFileSync(join(NEXT, 'testing.d.ts'), "export * from './testing/index.js'\n")
}

ensureDependencies()
rmSync(NEXT, { recursive: true, force: true })
try {
  await bundle()
  declare()
  // In one step: what starts meanwhile finds the build before.
  const old = join(PACKAGE, `dist.old-${process.pid}`)
  if (existsSync(join(PACKAGE, 'dist'))) renameSync(join(PACKAGE, 'dist'), old)
  renameSync(NEXT, join(PACKAGE, 'dist'))
  rmSync(old, { recursive: true, force: true })
} finally {
  rmSync(NEXT, { recursive: true, force: true })
}
