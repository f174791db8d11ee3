import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, extname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ProblemError } from '../contract/index.ts'

/**
 * How a worker is started for modules of code: which SDK hosts them, and with which program. Used by `weir worker start` and by
 * the engine for its pools.
 */

export interface LaunchRequest {
  /** Files, folders, or names of modules as they are registered, below `folder` */
  readonly modules: readonly string[]
  /** Absolute: what names of modules are relative to */
  readonly folder: string
  /** Interpreter for Python; found when null */
  readonly python: string | null
  readonly env: Readonly<Record<string, string | undefined>>
  /** Folder that holds `python/` and `typescript/`, in case the SDKs are to be installed from there */
  readonly sdk: string | null
}

type Language = 'python' | 'typescript'

/** A process to start: the program, and the words before the options of the SDK. */
export interface Launch {
  readonly language: Language
  readonly program: string
  readonly args: readonly string[]
  readonly modules: readonly string[]
}

const SUFFIXES: Readonly<Record<string, Language>> = {
  '.py': 'python',
  '.ts': 'typescript',
  '.mts': 'typescript',
  '.js': 'typescript',
  '.mjs': 'typescript',
}
const TYPESCRIPT = Object.keys(SUFFIXES).filter((suffix) => SUFFIXES[suffix] === 'typescript')
const DOTTED = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/
/** A Python that does not answer within this time is no Python. */
const PROBE_MS = 15_000
const HAS_SDK =
  'from importlib.util import find_spec as has; import sys; sys.exit(0 if has("weir") and has("weir.worker") else 3)'
const NO_SDK = 3

/**
 * One process for each language, in the order in which the languages were named first.
 * @throws ProblemError module_not_found, worker_unstartable: with the one command that helps
 */
export async function launchesOf(request: LaunchRequest): Promise<Launch[]> {
  const byLanguage = new Map<Language, string[]>()
  for (const module of request.modules) {
    for (const [language, place] of placesOf(module, request.folder)) {
      byLanguage.set(language, [...(byLanguage.get(language) ?? []), place])
    }
  }
  return Promise.all(
    [...byLanguage].map(([language, modules]) =>
      language === 'python' ? pythonLaunch(request, modules) : typescriptLaunch(request, modules),
    ),
  )
}

/** Languages of a module, and what it is called there; a folder may hold both. */
function placesOf(module: string, folder: string): (readonly [Language, string])[] {
  const path = resolve(folder, module)
  const found = statSync(path, { throwIfNoEntry: false })
  const language = SUFFIXES[extname(module)]
  if (found?.isFile() === true && language !== undefined) return [[language, module]]
  if (found?.isDirectory() === true) {
    const inside = new Set(readdirSync(path).flatMap((name) => SUFFIXES[extname(name)] ?? []))
    if (inside.size > 0) return [...inside].map((one) => [one, module])
    throw absent(`the folder ${module} holds neither .py nor .ts files`)
  }
  if (DOTTED.test(module)) {
    const parts = module.split('.')
    if (existsSync(`${join(folder, ...parts)}.py`) || existsSync(join(folder, ...parts, '__init__.py')))
      return [['python', module]]
  }
  // The name under which a file of TypeScript is registered: what messages tell to start.
  const file = TYPESCRIPT.map((suffix) => module + suffix).find((name) => existsSync(join(folder, name)))
  if (file !== undefined) return [['typescript', file]]
  if (found?.isFile() === true) throw absent(`${module} is neither Python (.py) nor TypeScript (.ts, .js)`)
  throw absent(`there is no module ${module} in ${folder}`)
}

const absent = (detail: string): ProblemError =>
  new ProblemError('module_not_found', detail, {
    field: 'modules',
    fix: 'name files such as digits.py or flows/weather.ts, or the dotted name of a Python module',
  })

async function pythonLaunch(request: LaunchRequest, modules: readonly string[]): Promise<Launch> {
  const program = request.python ?? pythonFor(request, modules)
  const code = await probe(program, request)
  if (code === 0) return { language: 'python', program, args: ['-m', 'weir', 'worker', 'start'], modules }
  if (code === NO_SDK)
    throw missing('Python', program, `${quoted(program)} -m pip install ${quoted(packageOf(request.sdk, 'python'))}`)
  throw new ProblemError('worker_unstartable', `${program} does not run as Python`, {
    field: 'python',
    fix: 'install Python 3.9 or newer, or name its interpreter with --python',
  })
}

/** Of the virtual environment that is active, or of one beside the module or above it; else what PATH has. */
function pythonFor({ env, folder }: LaunchRequest, modules: readonly string[]): string {
  const active = env['VIRTUAL_ENV']
  const places = [
    ...(active === undefined || active === '' ? [] : [active]),
    ...modules
      .flatMap((module) => above(dirname(resolve(folder, module)), folder))
      .map((place) => join(place, '.venv')),
  ]
  for (const place of places) {
    const inside = process.platform === 'win32' ? join(place, 'Scripts', 'python.exe') : join(place, 'bin', 'python')
    if (existsSync(inside)) return inside
  }
  return process.platform === 'win32' ? 'python' : 'python3'
}

/** A folder and those above it, up to `last`; only itself when it is not below that. */
function above(folder: string, last: string): string[] {
  const found = [folder]
  for (let next = folder; next !== last; ) {
    const parent = dirname(next)
    if (parent === next) return [folder]
    found.push(parent)
    next = parent
  }
  return found
}

/** Exit code of the question whether it has the SDK; null when it cannot be started. */
function probe(program: string, { env, folder }: LaunchRequest): Promise<number | null> {
  return new Promise((done) => {
    execFile(program, ['-c', HAS_SDK], { env: { ...env }, cwd: folder, timeout: PROBE_MS }, (error) => {
      if (error === null) done(0)
      else done(typeof error.code === 'number' ? error.code : null)
    })
  })
}

async function typescriptLaunch(request: LaunchRequest, modules: readonly string[]): Promise<Launch> {
  const [first = ''] = modules
  const path = resolve(request.folder, first)
  const place = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? path : dirname(path)
  const file = manifestOf(place, request.env) ?? shipped(request.sdk)
  if (file === null) throw missing('TypeScript', place, `npm install ${quoted(packageOf(request.sdk, 'typescript'))}`)
  const { bin } = JSON.parse(readFileSync(file, 'utf8')) as { bin?: Record<string, string> }
  const program = bin?.['weir-sdk']
  if (program === undefined)
    throw missing('TypeScript', place, `npm install ${quoted(packageOf(request.sdk, 'typescript'))}`)
  const args = [join(dirname(file), program), 'worker', 'start']
  return { language: 'typescript', program: process.execPath, args, modules }
}

/** `package.json` of the SDK as the module's folder sees it. */
function manifestOf(place: string, env: LaunchRequest['env']): string | null {
  try {
    return createRequire(join(place, 'module.js')).resolve('weir-sdk/package.json')
  } catch {
    const shared = (env['NODE_PATH'] ?? '').split(delimiter).filter((path) => path !== '')
    return shared.map((path) => join(path, 'weir-sdk', 'package.json')).find((path) => existsSync(path)) ?? null
  }
}

/** `package.json` of the SDK that came with this Weir, when it is built: modules run on it without an install of their own. */
function shipped(sdk: string | null): string | null {
  const folder = sdk === null ? null : join(sdk, 'typescript')
  if (folder === null || !existsSync(join(folder, 'dist', 'index.js'))) return null
  return join(folder, 'package.json')
}

/** What is installed: the SDK that came with this Weir, or the one of the registry. */
function packageOf(sdk: string | null, language: Language): string {
  const local = sdk === null ? null : join(sdk, language)
  const mark = language === 'python' ? 'pyproject.toml' : 'package.json'
  return local !== null && existsSync(join(local, mark)) ? local : 'weir-sdk'
}

const quoted = (text: string): string => (/^[\w@%+=:,./\\-]+$/.test(text) ? text : JSON.stringify(text))

const missing = (language: string, where: string, command: string): ProblemError =>
  new ProblemError('worker_unstartable', `Weir's SDK for ${language} is not installed for ${where}`, {
    fix: `run: ${command}`,
  })

/** Where the SDKs that came with this Weir are, seen from this file: in its source, beside `out/main`, above `chunks/`. */
export function sdkFolder(): string | null {
  const here = dirname(fileURLToPath(import.meta.url))
  return ['../../sdk', '../../../sdk'].map((place) => join(here, place)).find((path) => existsSync(path)) ?? null
}

export interface SdkOptions {
  readonly project: string
  readonly workspace: string
  readonly register: 'never' | 'once' | 'always'
  readonly concurrency: number | null
  readonly tags: readonly string[]
  readonly name: string | null
  readonly pool: string | null
}

/** The options that both SDKs take, before the modules. */
export function sdkArguments(options: SdkOptions): string[] {
  const { project, workspace, register, concurrency, tags, name, pool } = options
  return [
    '--project',
    project,
    '--workspace',
    workspace,
    ...(register === 'once' ? ['--register'] : register === 'always' ? ['--dev'] : []),
    ...(concurrency === null ? [] : ['--concurrency', String(concurrency)]),
    ...tags.flatMap((tag) => ['--tag', tag]),
    ...(name === null ? [] : ['--name', name]),
    ...(pool === null ? [] : ['--pool', pool]),
  ]
}
