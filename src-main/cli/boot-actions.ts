import type { EngineStatus } from '../../src-shared/contract/index.ts'
import { type Boot, bootDown, bootStatus, bootUp, StartFailure } from '../supervisor/index.ts'
import type { Context } from './context.ts'
import { chosenDataFolder } from './data-folder.ts'
import type { ExitName } from './exit-codes.ts'
import { CliError } from './failure.ts'
import { renderFields } from './table.ts'
import { formatBytes, formatTime } from './times.ts'

export interface UpOptions {
  readonly daemon?: boolean
  readonly listen?: string
}

export async function up(context: Context, options: UpOptions): Promise<ExitName | undefined> {
  const { output } = context
  const data = localFolder(context)
  const daemon = options.daemon === true
  const boot = await bootUp({ data, listen: options.listen, daemon, say: (sentence) => output.error(sentence) })
  if (boot.isAlreadyRunning && options.listen !== undefined) {
    output.note(`It keeps its addresses: --listen counts at the next start.`)
  }
  await output.result({ running: true, ...boot.status }, () => startText(boot))
  return boot.ended === null ? undefined : await untilStopped(boot, boot.ended)
}

const startText = ({ isAlreadyRunning, status }: Boot): string =>
  `The engine ${isAlreadyRunning ? 'runs already' : 'runs'}: ${status.listen.join('  ')}  (data: ${status.data})`

/** In the foreground: signals stop the engine in order, whatever ends it ends this command. */
async function untilStopped(boot: Boot, ended: NonNullable<Boot['ended']>): Promise<ExitName | undefined> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => boot.stop())
  const gaveUp = await ended
  if (gaveUp !== null) throw new StartFailure(gaveUp)
  return undefined
}

export async function down(context: Context): Promise<ExitName | undefined> {
  const data = localFolder(context)
  const stopped = await bootDown(data)
  await context.output.result({ stopped, data }, () =>
    stopped ? `The engine of ${data} has stopped. What its steps do goes on.` : `No engine runs in ${data}.`,
  )
  return undefined
}

export async function status(context: Context): Promise<ExitName | undefined> {
  const data = localFolder(context)
  const { output } = context
  const running = await bootStatus(data)
  if (running === null) {
    await output.result({ running: false, data }, () => `No engine runs in ${data}.`)
    const chosen = context.globals.data
    output.note(`Start it with: weir${chosen === undefined ? '' : ` --data ${chosen}`} boot up --daemon`)
    return 'unreachable'
  }
  await output.result({ running: true, ...running.status }, () => statusText(running.status, running.socketPath))
  return undefined
}

function statusText(engine: EngineStatus, socketPath: string): string {
  const projects = engine.projects.map(
    (project) =>
      `${project.name} ${project.state}${project.activeRuns > 0 ? `, ${project.activeRuns} active runs` : ''}`,
  )
  return renderFields([
    ['Engine', `Weir ${engine.version}, process ${engine.pid}`],
    ['Started', formatTime(engine.startedAt)],
    ['Data', engine.data],
    ['Socket', socketPath],
    ['Addresses', engine.listen.filter((address) => address !== socketPath).join('  ')],
    ['Memory', formatBytes(engine.memoryBytes)],
    ['Projects', projects.join('; ')],
  ])
}

/** These commands look after a process of this machine; an address does not say which. */
function localFolder({ globals }: Context): string {
  if (globals.engine === undefined) return chosenDataFolder(globals.data)
  throw new CliError(
    'usage',
    'usage',
    'weir boot looks after engines of this machine: --engine has no meaning here.',
    'Name the data folder with --data.',
  )
}
