/**
 * Completes package-lock.json: `node scripts/lock.mjs`, after `npm install` has changed it.
 *
 * Packages with native code name one optional package for each platform. npm locks only those that the registry of the
 * moment has shown it (https://github.com/npm/cli/issues/4828), and `npm ci` then refuses the lock file on every machine
 * whose registry, or platform, is another. The missing ones are added here from what their parents say of them.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { main, ROOT, Stop } from './bootstrap.mjs'

const LOCK = join(ROOT, 'package-lock.json')
const EXACT_VERSION = /^\d+\.\d+\.\d+(-[\w.]+)?$/
/** How packages with native code name their platforms: `…-linux-x64-musl`, `…/darwin-arm64`. */
const PLATFORM =
  /(?:^|[-/])(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)-([a-z0-9]+)(?:-([a-z]+))?$/

const libcOf = (abi) => {
  if (abi === undefined) return {}
  if (abi.startsWith('musl')) return { libc: ['musl'] }
  return abi.startsWith('gnu') ? { libc: ['glibc'] } : {}
}

/** What npm would have locked for a package of another platform, as far as its name and its parent tell. */
const entryFor = (name, version, parent) => {
  const platform = PLATFORM.exec(name)
  if (platform === null || !EXACT_VERSION.test(version))
    throw new Stop(`${name} ${version} must be locked by npm itself.`)
  const [, os, cpu, abi] = platform
  return {
    version,
    cpu: [cpu],
    ...(parent.dev === true ? { dev: true } : {}),
    ...(os === 'linux' ? libcOf(abi) : {}),
    optional: true,
    os: [os],
  }
}

/**
 * Optional packages that a lock file names without locking them, by their path.
 *
 * @param packages `packages` of package-lock.json
 */
export const missingFromLock = (packages) => {
  const locked = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)))
  return Object.values(packages).flatMap((parent) =>
    Object.entries(parent.optionalDependencies ?? {})
      .filter(([name]) => !locked.has(name))
      .map(([name, version]) => ({ name, version, parent })),
  )
}

/** The same packages with the missing ones, sorted as npm sorts them. */
export const completed = (packages) => {
  const added = missingFromLock(packages).map(({ name, version, parent }) => [
    `node_modules/${name}`,
    entryFor(name, version, parent),
  ])
  const all = [...Object.entries(packages), ...added]
  return Object.fromEntries(all.sort(([a], [b]) => a.localeCompare(b, 'en')))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(() => {
    const lock = JSON.parse(readFileSync(LOCK, 'utf8'))
    const packages = completed(lock.packages)
    writeFileSync(LOCK, `${JSON.stringify({ ...lock, packages }, null, 2)}\n`)
    process.stdout.write(`${Object.keys(packages).length - Object.keys(lock.packages).length} packages added.\n`)
    return 0
  })
}
