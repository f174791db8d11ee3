import { app, dialog } from 'electron'
import { version } from '../../package.json'
import type { Desktop } from './desktop.ts'
import { keepEngine } from './engine/keeper.ts'
import { type Launch, launchOf, userFolder } from './launch.ts'
import { log, openLog } from './log.ts'
import { APP_ID } from './places.ts'
import { registerScheme } from './protocol/index.ts'
import { guardContents } from './windows/guards.ts'

/**
 * Entry of the desktop: one for each data folder; a further start hands over what it was asked to open, and ends. It
 * loads little, because nothing takes longer than the start of the engine: that comes first.
 */

/** What a further start hands over. Chromium reorders the arguments that it passes on by itself. */
interface Handover {
  readonly argv: readonly string[]
  readonly cwd: string
}

let desktop: Desktop | null = null
/** What the system asked to open before the desktop was there, as macOS does. */
const early: string[] = []

function main(): void {
  app.setName('Weir')
  app.setAppUserModelId(APP_ID)
  const launch = launchOf(process.argv, process.cwd())
  app.setPath('userData', userFolder(app.getPath('userData'), launch))
  const mine: Handover = { argv: process.argv, cwd: process.cwd() }
  if (!app.requestSingleInstanceLock({ ...mine })) {
    app.exit(0)
    return
  }
  openLog(launch.data)
  registerScheme()
  guardContents()
  listen()
  const engine = keepEngine(launch.data, version)
  const windows = afterThis().then(() => import('./desktop.ts'))
  Promise.all([windows, app.whenReady()])
    .then(([{ startDesktop }]) => {
      desktop = startDesktop({ ...launch, targets: [...launch.targets, ...early] }, engine)
      registerLinks()
    })
    .catch(fail)
}

/** When what has begun, the engine's process among it, is under way. */
const afterThis = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function listen(): void {
  app.on('second-instance', (_event, _argv, _cwd, handed) => {
    const { argv, cwd } = handed as Handover
    open(launchOf(argv, cwd))
  })
  app.on('open-file', (event, path) => {
    event.preventDefault()
    open({ targets: [path], isHidden: false })
  })
  app.on('open-url', (event, url) => {
    event.preventDefault()
    open({ targets: [url], isHidden: false })
  })
  process.on('uncaughtException', (error) => log('an error that nobody caught', error))
  process.on('unhandledRejection', (error) => log('a promise that nobody caught', error))
}

function open({ targets, isHidden }: Pick<Launch, 'targets' | 'isHidden'>): void {
  if (desktop === null) early.push(...targets)
  else if (!isHidden || targets.length > 0) desktop.open(targets)
}

/** Installed packages register `weir:` links themselves on Linux; elsewhere the app does. */
function registerLinks(): void {
  if (app.isPackaged && process.platform !== 'linux') app.setAsDefaultProtocolClient('weir')
}

function fail(error: unknown): void {
  log('the desktop did not start', error)
  const reason = error instanceof Error ? error.message : String(error)
  dialog.showErrorBox(
    'Weir did not start',
    `${reason}\n\nRuns are not touched: the engine works on without the desktop.`,
  )
  app.exit(1)
}

main()
