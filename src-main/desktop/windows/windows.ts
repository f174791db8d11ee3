import { BrowserWindow, dialog } from 'electron'
import type { OpenRequest } from '../../../src-shared/desktop/bridge.ts'
import { type News, news } from '../../../src-shared/desktop/channels.ts'
import { readJson, writeWhole } from '../files.ts'
import { log } from '../log.ts'
import { cascaded, WindowState } from './bounds.ts'
import { addressOf, createWindow } from './window.ts'

/** Moving and resizing come in many small steps: where a window stays is written down. */
const SETTLE_MS = 400
/** Pages that may crash in a row before a person is asked. */
const CRASHES = 3
const CRASHES_WITHIN_MS = 60_000
/** Levels of Chromium's zoom: each is a fifth larger. */
const ZOOM_STEP = 0.5
const ZOOM_LIMIT = 4

export interface Windows {
  readonly all: readonly BrowserWindow[]
  /** Opens a further window, or the first. */
  open(route: string): BrowserWindow
  /** Shows the window that was used last, and opens one when there is none. */
  focus(): BrowserWindow
  /** Hands a request to the window that was used last: at once, or when its screens are ready for it. */
  deliver(request: OpenRequest): void
  /** The screens of this window are ready for requests. */
  listens(window: BrowserWindow): void
  /** Tells all windows. */
  tell(name: News, value: unknown): void
  /** The address of the screen that the person looks at, or null. */
  focusedRoute(): string | null
  /** Larger or smaller letters, in all windows. */
  zoom(direction: 'in' | 'out' | 'reset'): void
  /** The window is about to close; answers whether it shall be hidden instead. */
  onClose(decide: (window: BrowserWindow, isLast: boolean) => boolean): void
}

export function createWindows(stateFile: string, version: string): Windows {
  return new WindowSet(stateFile, version)
}

class WindowSet implements Windows {
  readonly #stateFile: string
  readonly #version: string
  /** The one that was used last comes first. */
  readonly #windows: BrowserWindow[] = []
  readonly #listening = new WeakSet<BrowserWindow>()
  #waiting: OpenRequest[] = []
  #left: WindowState | null
  #shallHide: (window: BrowserWindow, isLast: boolean) => boolean = () => false

  constructor(stateFile: string, version: string) {
    this.#stateFile = stateFile
    this.#version = version
    this.#left = WindowState.safeParse(readJson(stateFile)).data ?? null
  }

  get all(): readonly BrowserWindow[] {
    return this.#windows
  }

  open(route: string): BrowserWindow {
    const [beside] = this.#windows
    const window = createWindow({
      version: this.#version,
      route,
      left:
        beside === undefined || this.#left === null
          ? this.#left
          : { ...this.#left, isMaximized: false, isFullScreen: false },
      ...(beside === undefined ? {} : { bounds: cascaded(beside.getNormalBounds()) }),
    })
    this.#windows.unshift(window)
    window.on('focus', () => this.#used(window))
    window.on('close', (event) => {
      this.#remember(window)
      if (!this.#shallHide(window, this.#windows.length === 1)) return
      event.preventDefault()
      window.hide()
    })
    window.once('closed', () => void this.#windows.splice(this.#windows.indexOf(window), 1))
    this.#rememberChanges(window)
    this.#revive(window)
    return window
  }

  focus(): BrowserWindow {
    const [window] = this.#windows
    if (window === undefined) return this.open('/')
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
    return window
  }

  deliver(request: OpenRequest): void {
    const window = this.focus()
    if (this.#listening.has(window)) window.webContents.send(news.open, request)
    else this.#waiting.push(request)
  }

  listens(window: BrowserWindow): void {
    this.#listening.add(window)
    if (this.#windows[0] !== window) return
    for (const request of this.#waiting.splice(0)) window.webContents.send(news.open, request)
  }

  tell(name: News, value: unknown): void {
    for (const { webContents } of this.#windows) if (!webContents.isDestroyed()) webContents.send(news[name], value)
  }

  focusedRoute(): string | null {
    const window = BrowserWindow.getFocusedWindow()
    if (window === null || !this.#windows.includes(window)) return null
    const url = window.webContents.getURL()
    return url.includes('#') ? url.slice(url.indexOf('#') + 1) : '/'
  }

  zoom(direction: 'in' | 'out' | 'reset', window = BrowserWindow.getFocusedWindow() ?? this.#windows[0]): void {
    if (window === undefined || !this.#windows.includes(window)) return
    const { webContents } = window
    const step = direction === 'in' ? ZOOM_STEP : -ZOOM_STEP
    const level = direction === 'reset' ? 0 : webContents.getZoomLevel() + step
    webContents.setZoomLevel(Math.max(-ZOOM_LIMIT, Math.min(ZOOM_LIMIT, level)))
    this.#remember(window)
  }

  onClose(decide: (window: BrowserWindow, isLast: boolean) => boolean): void {
    this.#shallHide = decide
  }

  #used(window: BrowserWindow): void {
    this.#windows.splice(this.#windows.indexOf(window), 1)
    this.#windows.unshift(window)
  }

  #rememberChanges(window: BrowserWindow): void {
    let timer: NodeJS.Timeout | undefined
    const soon = (): void => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        if (!window.isDestroyed()) this.#remember(window)
      }, SETTLE_MS)
    }
    window.on('resize', soon)
    window.on('move', soon)
    window.on('maximize', soon)
    window.on('unmaximize', soon)
    window.webContents.on('zoom-changed', (_event, direction) => this.zoom(direction, window))
    window.once('closed', () => clearTimeout(timer))
  }

  #remember(window: BrowserWindow): void {
    const state: WindowState = {
      bounds: window.getNormalBounds(),
      isMaximized: window.isMaximized(),
      isFullScreen: window.isFullScreen(),
      zoom: window.webContents.getZoomLevel(),
    }
    if (JSON.stringify(state) === JSON.stringify(this.#left)) return
    this.#left = state
    try {
      writeWhole(this.#stateFile, `${JSON.stringify(state)}\n`)
    } catch (error) {
      log('where the window was is not kept', error)
    }
  }

  /** A page that crashed or hangs: runs and drafts are elsewhere, so it can just be opened again. */
  #revive(window: BrowserWindow): void {
    const crashes: number[] = []
    const { webContents } = window
    webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument) this.#listening.delete(window)
    })
    webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
      this.#listening.delete(window)
      if (reason === 'clean-exit' || window.isDestroyed()) return
      log(`the page of a window ended: ${reason}, ${exitCode}`)
      const now = Date.now()
      crashes.push(now)
      const url = webContents.getURL()
      const again = (): void => {
        webContents
          .loadURL(url.includes('#') ? url : addressOf('/'))
          .catch((error: unknown) => log('not loaded again', error))
      }
      if (crashes.filter((at) => now - at < CRASHES_WITHIN_MS).length >= CRASHES) {
        askAfterCrashes(window, again).catch((error: unknown) => log('nobody could be asked', error))
        return
      }
      again()
      sayAfterCrash(window)
    })
    webContents.on('unresponsive', () => log('the page of a window does not respond'))
    webContents.on('responsive', () => log('the page of a window responds again'))
  }
}

function sayAfterCrash(window: BrowserWindow): void {
  dialog
    .showMessageBox(window, {
      type: 'info',
      title: 'Weir',
      message: 'This window crashed and was opened again.',
      detail: 'Runs and drafts are not touched.',
      buttons: ['Go on'],
      noLink: true,
    })
    .catch((error: unknown) => log('the crash could not be told', error))
}

async function askAfterCrashes(window: BrowserWindow, again: () => void): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    title: 'Weir',
    message: 'This window has crashed several times.',
    detail: 'Runs and drafts are not touched. Opening it at Home may help if one screen is the cause.',
    buttons: ['Open it again', 'Open Home', 'Close the window'],
    defaultId: 0,
    cancelId: 2,
    noLink: true,
  })
  if (response === 0) again()
  else if (response === 1) await window.webContents.loadURL(addressOf('/'))
  else window.destroy()
}
