/**
 * The Python that the SDK is checked and tested with: an environment of its own in .weir/python, made from any Python 3.9 or
 * newer of this machine, with the SDK itself and what its tests need.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT, run, Stop, say } from './bootstrap.mjs'

export const SDK = join(ROOT, 'sdk/python')
export const NO_PYTHON = 'Python 3.9 or newer is not installed'

const ENVIRONMENT = join(ROOT, '.weir/python')
const STAMP = join(ENVIRONMENT, '.made-from')
const PYTHON = join(ENVIRONMENT, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
const CANDIDATES = process.platform === 'win32' ? ['python', 'python3'] : ['python3', 'python']
const VERSION = 'import sys; print(sys.version); sys.exit(sys.version_info < (3, 9))'

/** A Python that is new enough, with its version; null when this machine has none. */
const findPython = () => {
  for (const name of CANDIDATES) {
    const { status, stdout } = spawnSync(name, ['-c', VERSION], { encoding: 'utf8' })
    if (status === 0) return { name, version: stdout }
  }
  return null
}

/**
 * Makes the environment when it is not there, or was made from something else.
 *
 * @returns path of its Python; null when this machine has no Python
 */
export const ensurePython = () => {
  const python = findPython()
  if (python === null) return null
  const made = createHash('sha256')
    .update(readFileSync(join(SDK, 'pyproject.toml')))
    .update(python.version)
    .digest('hex')
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === made) return PYTHON
  say('Makes the environment of the Python SDK')
  rmSync(ENVIRONMENT, { recursive: true, force: true })
  mkdirSync(dirname(ENVIRONMENT), { recursive: true })
  if (run(python.name, ['-m', 'venv', ENVIRONMENT]) !== 0) {
    throw new Stop(
      `${python.name} cannot make an environment, see above. On Debian and Ubuntu: apt install python3-venv`,
    )
  }
  const quiet = ['--quiet', '--disable-pip-version-check']
  if (run(PYTHON, ['-m', 'pip', 'install', ...quiet, '--editable', `${SDK}[dev]`]) !== 0) {
    throw new Stop('pip install failed, see above. Check the network and the index that pip uses, then try again.')
  }
  writeFileSync(STAMP, made)
  return PYTHON
}

/** Runs a module of the environment in the SDK's folder; answers its exit code. */
export const runPython = (python, args, env = {}) =>
  run(python, ['-m', ...args], { cwd: SDK, env: { ...process.env, ...env } })

/** A Python of this machine that has Dask.distributed (Debian: python3-distributed), to measure beside; null without. */
export const findDask = () => {
  const places = [...CANDIDATES, ...(process.platform === 'win32' ? [] : ['/usr/bin/python3'])]
  return places.find((name) => spawnSync(name, ['-c', 'import distributed']).status === 0) ?? null
}
