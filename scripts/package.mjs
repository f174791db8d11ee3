/**
 * `npm run package [-- TARGET…] [--out DIR] [--quick]`: packages of Weir for this platform, in dist/. Without targets those that
 * need no downloads: on Linux an unpacked app, a tar.gz and a .deb; else what build/electron-builder.mjs names. `--quick` does not
 * compress, for tests.
 */
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { checkNode, ensureBuilt, ensureInstalled, main, ROOT, Stop, say } from './bootstrap.mjs'
import { findProgram, installCommand, installPackages, isDebian, isRoot } from './docker/packages.mjs'
import { ensureElectron } from './electron.mjs'

/** Programs of Debian with which nothing has to be fetched, and their packages. */
const TOOLS = { '7za': 'p7zip-full', 'dpkg-deb': 'dpkg', xz: 'xz-utils' }

/** Tells electron-builder of the tools that are here, so that it fetches none of its own. */
const useLocalTools = async (targets) => {
  if (process.platform !== 'linux') return
  const missing = Object.keys(TOOLS).filter((tool) => findProgram(tool) === null)
  if (missing.length > 0 && isDebian()) {
    const packages = missing.map((tool) => TOOLS[tool])
    if (isRoot()) await installPackages(packages)
    else
      process.stdout.write(
        `Some tools will be fetched; with these packages they need not: ${installCommand(packages)}\n`,
      )
  }
  const sevenZip = findProgram('7za')
  if (sevenZip !== null) process.env.ELECTRON_BUILDER_7ZIP_PATH ??= sevenZip
  if (findProgram('dpkg-deb') !== null)
    process.env.CUSTOM_FPM_PATH ??= fileURLToPath(new URL('package/deb.mjs', import.meta.url))
  else if (targets.includes('deb')) throw new Stop('A .deb is made with dpkg-deb, which is not installed here.')
}

const PLATFORMS = { linux: 'LINUX', darwin: 'MAC', win32: 'WINDOWS' }

await main(async (args) => {
  checkNode()
  ensureInstalled()
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { out: { type: 'string' }, quick: { type: 'boolean', default: false } },
  })
  ensureBuilt()
  const electron = await ensureElectron()
  const { default: config } = await import('../build/electron-builder.mjs')
  const { build, Platform } = await import('electron-builder')
  const platform = { linux: 'linux', darwin: 'mac', win32: 'win' }[process.platform]
  const targets = positionals.length > 0 ? positionals : config[platform].target
  await useLocalTools(targets)
  if (values.quick) process.env.WEIR_DEB_COMPRESSION = 'none'
  say(`Packages ${targets.join(', ')} with Electron ${electron.version}`)
  const made = await build({
    projectDir: ROOT,
    targets: Platform[PLATFORMS[process.platform]].createTarget(targets),
    config: {
      ...config,
      electronVersion: electron.version,
      electronDist: electron.dist,
      compression: values.quick ? 'store' : 'normal',
      directories: { ...config.directories, output: resolve(values.out ?? 'dist') },
    },
  })
  for (const file of made) process.stdout.write(`${file}\n`)
  return 0
})
