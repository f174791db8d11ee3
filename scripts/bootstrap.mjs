/**
 * What every command of package.json does first, on a machine that may have nothing but Node and npm: check Node,
 * install the packages, build. Imports Node's own modules only, because node_modules may not be there yet.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

/** The oldest runtime that Weir supports: Electron 33 carries this Node. */
const NODE_FLOOR = [20, 18]

/** A command that went wrong in a way that the person at the terminal can mend. Printed without a stack. */
export class Stop extends Error {}

/** Prints what a command is doing now; the output of tools follows below it. */
export const say = (text) => process.stdout.write(`\n▸ ${text}\n`)

export const checkNode = (version = process.versions.node) => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [floorMajor = 0, floorMinor = 0] = NODE_FLOOR
  if (major > floorMajor || (major === floorMajor && minor >= floorMinor)) return
  throw new Stop(
    `Weir needs Node ${NODE_FLOOR.join('.')} or newer; this is ${version}. Install a newer Node and try again.`,
  )
}

/** Runs a program with its output on this terminal; answers its exit code, 127 when it could not be started. */
export const run = (program, args, options = {}) => {
  const { status, signal, error } = spawnSync(program, args, { cwd: ROOT, stdio: 'inherit', ...options })
  if (error !== undefined) {
    process.stderr.write(`${program} could not be started: ${error.message}\n`)
    return 127
  }
  return status ?? (signal === null ? 1 : 128)
}

/** Runs a package's command-line program with the Node that runs this script. */
export const runTool = (file, args, options = {}) =>
  run(process.execPath, [join('node_modules', file), ...args], options)

/**
 * Which packages of the lock file are missing from node_modules, or there in another version, by their path. npm keeps
 * what it installed in node_modules/.package-lock.json and writes that file last, so an interrupted install shows too.
 *
 * @param lock text of package-lock.json
 * @param installed text of node_modules/.package-lock.json, or null when there is none
 */
export const missingPackages = (lock, installed) => {
  const wanted = JSON.parse(lock).packages
  const present = installed === null ? {} : JSON.parse(installed).packages
  return Object.entries(wanted)
    .filter(([path, entry]) => {
      if (path === '') return false
      const found = present[path]
      // Packages for other platforms are optional, and npm leaves them out.
      if (found === undefined) return entry.optional !== true
      return found.version !== entry.version || found.integrity !== entry.integrity
    })
    .map(([path]) => path)
}

export const ensureInstalled = () => {
  const hidden = join(ROOT, 'node_modules/.package-lock.json')
  const installed = existsSync(hidden) ? readFileSync(hidden, 'utf8') : null
  const missing = missingPackages(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'), installed)
  if (missing.length === 0) return
  say(`Installs ${missing.length} packages`)
  // On Windows npm is a script for the shell.
  const status = run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    shell: process.platform === 'win32',
  })
  if (status !== 0)
    throw new Stop('npm ci failed, see above. Check the network and the registry that npm uses, then try again.')
}

/** Everything that the build is made from. */
const BUILD_INPUTS = [
  'src-shared',
  'src-main',
  'src-preload',
  'src-renderer',
  'resources/examples',
  'electron.vite.config.ts',
  'package.json',
  'package-lock.json',
  'scripts/build.mjs',
  'sdk/typescript/src',
  'sdk/typescript/scripts',
  'sdk/typescript/package.json',
]
const STAMP = 'out/main/.built-from'

const filesBelow = (path) => {
  if (!existsSync(join(ROOT, path))) return []
  const entries = readdirSync(join(ROOT, path), { withFileTypes: true, recursive: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name))
}

/** SHA-256 over names and contents of all that the build is made from; tests do not count. */
export const buildInputsDigest = () => {
  const files = BUILD_INPUTS.flatMap((path) => (/\.\w+$/.test(path) ? [join(ROOT, path)] : filesBelow(path)))
  const hash = createHash('sha256')
  for (const file of files.filter((name) => !/\.test\.tsx?$/.test(name)).sort()) {
    const body = readFileSync(file)
    hash.update(`${file.slice(ROOT.length)}\0${body.length}\0`).update(body)
  }
  return hash.digest('hex')
}

/** Builds when out/main was not made from what the sources are now. */
export const ensureBuilt = () => {
  const digest = buildInputsDigest()
  const stamp = join(ROOT, STAMP)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return
  say('Builds')
  if (run(process.execPath, ['scripts/build.mjs']) !== 0) throw new Stop('The build failed, see above.')
}

/** Remembers what out/main was made from. */
export const stampBuild = (digest) => {
  mkdirSync(dirname(join(ROOT, STAMP)), { recursive: true })
  writeFileSync(join(ROOT, STAMP), digest)
}

/** Runs a command's main function: a Stop is printed as one sentence, anything else with its stack. */
export const main = async (body) => {
  try {
    process.exitCode = await body(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(error instanceof Stop ? `${error.message}\n` : `${error.stack}\n`)
    process.exitCode = 1
  }
}
