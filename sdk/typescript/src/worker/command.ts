import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { availableParallelism, hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Builder } from '../build/builder.ts'
import { SDK_VERSION } from '../build/package.ts'
import { sourcesOf } from '../build/sources.ts'
import { findEngine } from '../engine/address.ts'
import { Worker, type WorkerOptions } from './worker.ts'

const HELP = `weir-sdk ${SDK_VERSION}

  weir-sdk worker start [options] MODULE.ts…   host modules for an engine
  weir-sdk manifest MODULE.ts…                 print what modules offer, as JSON

Options of worker start:
  --engine ADDRESS    http://host:port or unix:/path (default: WEIR_ENGINE with WEIR_TOKEN, or the local engine)
  --data FOLDER       data folder of the local engine (default: WEIR_DATA, or where the weir command has it)
  --project NAME      default: default
  -W, --workspace NAME
                      default: main
  --register          release: make a new version of what has changed
  --dev               develop: build anew and register at every save
  --concurrency N     executions at once (default: as many as there are cores)
  --tag TAG           what this worker offers, e.g. gpu or region=eu; may be repeated
  --name NAME         default: the name of this machine

The first SIGTERM or interrupt lets what runs come to its end, the second one ends it.
`

const USAGE = 2
const INTERRUPTED = 130

class UsageError extends Error {}

const OPTIONS = {
  engine: { type: 'string' },
  data: { type: 'string' },
  project: { type: 'string', default: 'default' },
  workspace: { type: 'string', short: 'W', default: 'main' },
  register: { type: 'boolean', default: false },
  dev: { type: 'boolean', default: false },
  concurrency: { type: 'string' },
  tag: { type: 'string', multiple: true, default: [] as string[] },
  name: { type: 'string' },
  pool: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', default: false },
} as const

const print = (text: string): void => void process.stdout.write(`${text}\n`)

/** The `weir-sdk` command. Answers its exit code. */
export async function command(args: readonly string[]): Promise<number> {
  try {
    const { values, positionals } = parsed(args)
    if (values.version) print(SDK_VERSION)
    else if (values.help || positionals.length === 0) print(HELP)
    else if (positionals[0] === 'manifest') return await printManifest(positionals.slice(1))
    else if (positionals[0] === 'worker' && positionals[1] === 'start') {
      return await runWorker(optionsOf(values, positionals.slice(2)))
    } else throw new UsageError(`There is no command "${positionals.join(' ')}". See: weir-sdk --help`)
    return 0
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return error instanceof UsageError ? USAGE : 1
  }
}

type Values = ReturnType<typeof parsed>['values']

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function optionsOf(values: Values, modules: readonly string[]): WorkerOptions {
  if (modules.length === 0) throw new UsageError('Name the modules to host, e.g. weir-sdk worker start --dev digits.ts')
  if (values.register && values.dev) throw new UsageError('--register releases, --dev develops: give one of them.')
  const root = process.cwd()
  const choice = {
    ...(values.engine === undefined ? {} : { engine: values.engine }),
    ...(values.data === undefined ? {} : { data: values.data }),
  }
  findEngine(choice) // says now that the address is none
  return {
    sources: sourcesOf(modules, root),
    root,
    address: () => findEngine(choice),
    project: values.project,
    workspace: values.workspace,
    register: values.dev ? 'always' : values.register ? 'once' : 'never',
    concurrency: concurrencyOf(values.concurrency),
    tags: values.tag,
    name: values.name ?? hostname(),
    pool: values.pool ?? process.env['WEIR_POOL'] ?? null,
    say: print,
  }
}

function concurrencyOf(text: string | undefined): number {
  if (text === undefined) return availableParallelism()
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1) return number
  throw new UsageError(`--concurrency ${text}: give a whole number, 1 or more.`)
}

async function runWorker(options: WorkerOptions): Promise<number> {
  const worker = new Worker(options)
  const onSignal = (): void => {
    if (worker.hasBegunToDrain) return worker.stop(INTERRUPTED)
    options.say('Takes no more work, and ends when what runs has come to its end. Once more to end at once.')
    worker.drain()
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  try {
    await worker.start()
    return await worker.done
  } finally {
    process.off('SIGTERM', onSignal)
    process.off('SIGINT', onSignal)
  }
}

async function printManifest(modules: readonly string[]): Promise<number> {
  if (modules.length === 0) throw new UsageError('Name the modules, e.g. weir-sdk manifest digits.ts')
  const root = process.cwd()
  const folder = mkdtempSync(join(tmpdir(), 'weir-sdk-'))
  const builder = new Builder(root, folder)
  try {
    const { manifests, faults } = await builder.build(sourcesOf(modules, root))
    print(JSON.stringify(manifests, null, 2))
    for (const { module, message } of faults) process.stderr.write(`${module} cannot be loaded:\n${message}\n`)
    return faults.length === 0 ? 0 : 1
  } finally {
    await builder.rest()
    await rm(folder, { recursive: true, force: true })
  }
}
