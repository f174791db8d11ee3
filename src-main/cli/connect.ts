import type { Client } from '../../src-shared/client/index.ts'
import { createNodeClient } from '../../src-shared/client/node.ts'
import { routes } from '../../src-shared/contract/index.ts'
import { bootDown, bootStatus, bootUp } from '../supervisor/index.ts'
import type { Context, Globals } from './context.ts'
import { chosenDataFolder } from './data-folder.ts'
import { CliError } from './failure.ts'
import type { Output } from './output.ts'

/** A connection to an engine, and what commands need beside it. */
export interface Session {
  readonly context: Context
  readonly output: Output
  readonly project: string
  readonly routes: typeof routes
  /** Another one after `reconnect` */
  readonly client: Client
  /** Finds the engine anew, e.g. after it was started again on another port; does not call it. */
  reconnect(): Promise<void>
  /** Stops the engine when this command has started it and nothing else runs there. */
  stopStarted(): Promise<void>
  close(): void
}

/**
 * Connects to the engine at `--engine`, or of the data folder; one that does not run is started in the background.
 * @throws CliError unreachable; ProblemError when an engine cannot be started
 */
export async function connect(context: Context): Promise<Session> {
  const running = await connectRunning(context)
  if (running !== null) return running
  const { output, globals } = context
  const data = chosenDataFolder(globals.data)
  output.note(`No engine runs in ${data}: starting one.`)
  const { socketPath } = await bootUp({ data, daemon: true })
  return new EngineSession(context, createNodeClient({ socketPath }), true)
}

/** The same without starting an engine: null when none runs. */
export async function connectRunning(context: Context): Promise<Session | null> {
  const client = await findClient(context.globals)
  return client === null ? null : new EngineSession(context, client, false)
}

/** The engine's address as the SDKs take it (WEIR_ENGINE): `http://host:port`, or `unix:` and its socket. */
export async function engineAddress({ globals }: Context): Promise<string> {
  const url = engineUrl(globals)
  if (url !== undefined) return checkedUrl(url)
  const running = await bootStatus(chosenDataFolder(globals.data))
  if (running !== null) return `unix:${running.socketPath}`
  throw new CliError('unreachable', 'engine_unreachable', 'The engine has stopped.', 'Start it with: weir boot up')
}

async function findClient(globals: Globals): Promise<Client | null> {
  const url = engineUrl(globals)
  if (url !== undefined) return createNodeClient({ url: checkedUrl(url), token: process.env['WEIR_TOKEN'] ?? null })
  const running = await bootStatus(chosenDataFolder(globals.data))
  return running === null ? null : createNodeClient({ socketPath: running.socketPath })
}

/** `--data` on the command line outweighs WEIR_ENGINE. */
function engineUrl(globals: Globals): string | undefined {
  if (globals.engine !== undefined && globals.data !== undefined) {
    throw new CliError('usage', 'usage', '--engine and --data both name an engine.', 'Give one of them.')
  }
  return globals.engine ?? (globals.data === undefined ? process.env['WEIR_ENGINE'] || undefined : undefined)
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url?.protocol === 'http:') return text
  throw new CliError('usage', 'usage', `"${text}" is not the address of an engine.`, 'Write it as http://host:port.')
}

class EngineSession implements Session {
  readonly context: Context
  readonly routes = routes
  client: Client
  private readonly startedHere: boolean
  private stopped = false

  constructor(context: Context, client: Client, startedHere: boolean) {
    this.context = context
    this.client = client
    this.startedHere = startedHere
  }

  get output(): Output {
    return this.context.output
  }

  get project(): string {
    return this.context.globals.project
  }

  async reconnect(): Promise<void> {
    const next = await findClient(this.context.globals).catch(() => null)
    if (next === null) return // not there yet: the next call fails as this one did, and is tried again
    this.client.close()
    this.client = next
  }

  async stopStarted(): Promise<void> {
    if (!this.startedHere) return
    const status = await this.client.call(routes.engine.status, {})
    const active = status.projects.reduce((sum, project) => sum + project.activeRuns, 0)
    if (active > 0) {
      this.output.note(
        `The engine goes on: ${active} other run${active === 1 ? '' : 's'} of it ${active === 1 ? 'is' : 'are'} active.`,
      )
      return
    }
    await bootDown(status.data)
    this.stopped = true
    this.output.note('The engine that was started for this run is stopped.')
  }

  close(): void {
    this.client.close()
    if (!this.startedHere || this.stopped) return
    const { data } = this.context.globals
    this.output.note(
      `The engine goes on in the background. Stop it with: weir${data === undefined ? '' : ` --data ${data}`} boot down`,
    )
  }
}
