import { join } from 'node:path'
import { app, Notification, nativeTheme, session } from 'electron'
import { version } from '../../package.json'
import type { RunSummary } from '../../src-shared/contract/index.ts'
import { askToOpen, type Documents, openDocuments } from './documents/index.ts'
import { activeRuns, ask, carrySockets, type EngineKeeper, engineSocket, type RunNews } from './engine/index.ts'
import { answerScreens } from './ipc.ts'
import type { Launch } from './launch.ts'
import { log } from './log.ts'
import { icon } from './places.ts'
import { openPreferences, type PreferenceStore } from './preferences.ts'
import { serveScheme } from './protocol/index.ts'
import { setStartAtLogin } from './system/autostart.ts'
import { setMenu, showFolder } from './system/menu.ts'
import type { Ended } from './system/notice-words.ts'
import { createNotices } from './system/notices.ts'
import { requestFor } from './system/open.ts'
import { handleQuit } from './system/quit.ts'
import { createTray, type WeirTray } from './system/tray.ts'
import { createWindows, guardSession, type Windows } from './windows/index.ts'

/** Changes of the number of active runs come in bursts. */
const COUNT_MS = 250

export interface Desktop {
  /** Another start, or the system, asks to open these files and links; nothing in it just shows the window. */
  open(targets: readonly string[]): void
}

/** Puts the desktop together, once the app is ready. What the first window does not need comes after it. */
export function startDesktop(launch: Launch, engine: EngineKeeper): Desktop {
  const { data } = launch
  const preferences = openPreferences(join(app.getPath('userData'), 'preferences.json'))
  nativeTheme.themeSource = preferences.now.theme
  const windows = createWindows(join(app.getPath('userData'), 'window.json'), version)
  const documents = openDocuments((document) => windows.tell('documentChanged', document))
  const showLogs = (): Promise<void> => showFolder(join(data, 'logs'))
  const quit = (): void => app.quit()
  serveScheme(data)
  guardSession()
  carrySockets(data)
  answerScreens({ data, windows, engine, documents, preferences, showLogs, quit })
  if (!launch.isHidden) windows.focus()

  engine.onState((state) => windows.tell('engineState', state))
  followPreferences(preferences, windows, launch)
  const open = (targets: readonly string[]): void => {
    if (targets.length === 0) windows.focus()
    for (const target of targets) {
      openTarget(target, { documents, engine, windows }).catch((error: unknown) =>
        log(`${target} was not opened`, error),
      )
    }
  }
  if (launch.targets.length > 0) open(launch.targets)
  const quitting = handleQuit({ data, engine, window: () => windows.all[0], onQuit: () => engine.dispose() })
  setImmediate(() => {
    const tray = createTray({
      open: () => void windows.focus(),
      showRuns: () => windows.deliver({ kind: 'route', path: '/runs' }),
      quit,
    })
    watchRuns({ data, engine, preferences, windows }, tray)
    hideInsteadOfClose({ windows, preferences, hasTray: tray !== null, isQuitting: () => quitting.isCertain })
    setMenu({
      windows,
      quit,
      openDocument: () => {
        askToOpen(windows.focus(), documents).then(
          (document) => document !== null && windows.deliver({ kind: 'document', document }),
          (error: unknown) => windows.deliver({ kind: 'problem', message: messageOf(error), fix: '' }),
        )
      },
      showLogs: () => void showLogs().catch((error: unknown) => log('logs are not shown', error)),
    })
    nameDownloads()
  })
  app.on('activate', () => void windows.focus())
  return { open }
}

interface Opening {
  readonly documents: Documents
  readonly engine: EngineKeeper
  readonly windows: Windows
}

async function openTarget(target: string, { documents, engine, windows }: Opening): Promise<void> {
  const request = await requestFor(target, documents)
  // A definition becomes a draft, which the engine keeps: at a cold start it is not there yet.
  if (request.kind === 'document' && engine.state.phase !== 'ready') {
    await new Promise<void>((resolve) => {
      const off = engine.onState(({ phase }) => {
        if (phase !== 'ready') return
        off()
        resolve()
      })
    })
  }
  windows.deliver(request)
}

function followPreferences(preferences: PreferenceStore, windows: Windows, { data, isDefaultData }: Launch): void {
  preferences.onChange((now, before) => {
    nativeTheme.themeSource = now.theme
    windows.tell('preferences', now)
    if (now.startAtLogin !== before.startAtLogin) setStartAtLogin(now.startAtLogin, isDefaultData ? null : data)
  })
}

interface Watched {
  readonly data: string
  readonly engine: EngineKeeper
  readonly preferences: PreferenceStore
  readonly windows: Windows
}

/** Tray and notifications follow what the engine says of its runs. */
function watchRuns({ data, engine, preferences, windows }: Watched, tray: WeirTray | null): void {
  const notice = createNotices({
    isWanted: (status) => (status === 'failed' ? preferences.now.notifyFailed : preferences.now.notifyFinished),
    focusedRoute: () => windows.focusedRoute(),
    lookUp: (news) => lookUp(data, news),
    open: (path) => windows.deliver({ kind: 'route', path }),
  })
  let timer: NodeJS.Timeout | undefined
  const count = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => void activeRuns(data).then((active) => tray?.show(active)), COUNT_MS)
  }
  engine.onState(count)
  engine.onRun((news) => {
    count()
    notice(news)
  })
  count()
}

/** What a notification says of a run; null when the engine does not tell any more. */
async function lookUp(data: string, { project, run, status }: RunNews): Promise<Ended | null> {
  try {
    const path = `/api/v1/projects/${encodeURIComponent(project)}/runs/${run}`
    const { workflow, durationMs, counts } = (await ask(engineSocket(data), path)) as Pick<
      RunSummary,
      'workflow' | 'durationMs' | 'counts'
    >
    return { project, run, workflow, durationMs, counts, status: status === 'failed' ? 'failed' : 'succeeded' }
  } catch (error) {
    log(`run ${run} is not told`, error)
    return null
  }
}

interface Hiding {
  readonly windows: Windows
  readonly preferences: PreferenceStore
  readonly hasTray: boolean
  readonly isQuitting: () => boolean
}

/** The last window hides instead of closing, if the person wants that; the first time it is said where it went. */
function hideInsteadOfClose({ windows, preferences, hasTray, isQuitting }: Hiding): void {
  const isMac = process.platform === 'darwin'
  windows.onClose((_window, isLast) => {
    if (!isLast || isQuitting() || !(isMac || (hasTray && preferences.now.closeToTray))) return false
    if (!isMac && preferences.tellAboutTray() && Notification.isSupported()) {
      new Notification({
        title: 'Weir goes on in the background',
        body: 'Open it again from the tray, or by starting it. Settings can make closing the window quit Weir.',
        icon: icon('icon.png'),
      }).show()
    }
    return true
  })
  app.on('window-all-closed', () => app.quit())
}

/** Downloads ask where to go, with the name that the engine gave them. */
function nameDownloads(): void {
  session.defaultSession.on('will-download', (_event, item) => {
    item.setSaveDialogOptions({ title: 'Save', defaultPath: join(app.getPath('downloads'), item.getFilename()) })
    item.once('done', (_done, state) => {
      if (state === 'interrupted') log(`the download of ${item.getFilename()} was interrupted`)
    })
  })
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
