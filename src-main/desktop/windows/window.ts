import { BrowserWindow, nativeTheme, screen } from 'electron'
import { VERSION_ARGUMENT } from '../../../src-shared/desktop/channels.ts'
import { log } from '../log.ts'
import { icon, ORIGIN, PRELOAD } from '../places.ts'
import { boundsFor, MIN_HEIGHT, MIN_WIDTH, type Rectangle, type WindowState } from './bounds.ts'
import { noteOurs } from './senders.ts'

/** Colours of `--weir-app` and `--weir-text` (src-renderer/ui/tokens.css): what is seen before the first paint. */
const COLOURS = {
  dark: { background: '#0c1117', symbols: '#e4e9f0' },
  light: { background: '#eef1f5', symbols: '#18212f' },
} as const
/** Height of the top bar of the screens. */
const BAR_HEIGHT = 44

const coloursNow = () => (nativeTheme.shouldUseDarkColors ? COLOURS.dark : COLOURS.light)

export interface WindowOptions {
  readonly version: string
  readonly route: string
  readonly left: WindowState | null
  /** Where it shall be; as it was left, or in the middle, when absent */
  readonly bounds?: Rectangle
}

export const addressOf = (route: string): string => `${ORIGIN}/#${route}`

/** A window that shows itself once there is something to see in it. */
export function createWindow({ version, route, left, bounds }: WindowOptions): BrowserWindow {
  const areas = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map(({ workArea }) => workArea)
  const { background, symbols } = coloursNow()
  const window = new BrowserWindow({
    ...boundsFor(bounds ?? left?.bounds ?? null, areas),
    minWidth: MIN_WIDTH,
    minHeight: MIN_HEIGHT,
    show: false,
    title: 'Weir',
    icon: icon('icon.png'),
    backgroundColor: background,
    autoHideMenuBar: true,
    // Linux keeps the frame of its desktop: every window manager draws and moves it as its people know it.
    ...(process.platform === 'linux'
      ? {}
      : { titleBarStyle: 'hidden', titleBarOverlay: { color: background, symbolColor: symbols, height: BAR_HEIGHT } }),
    webPreferences: {
      preload: PRELOAD,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      additionalArguments: [VERSION_ARGUMENT + version],
    },
  })
  noteOurs(window.webContents)
  window.once('ready-to-show', () => {
    if (left?.isMaximized === true) window.maximize()
    if (left?.isFullScreen === true) window.setFullScreen(true)
    window.show()
    log(`a window is there, ${Math.round(Date.now() - (process.getCreationTime() ?? Date.now()))} ms after the start`)
  })
  keepZoom(window, left?.zoom ?? 0)
  followTheme(window)
  window.loadURL(addressOf(route)).catch((error: unknown) => log('the screens were not loaded', error))
  return window
}

/** Chromium keeps the zoom of an origin while the app runs, for all windows; over a restart we do. */
function keepZoom({ webContents }: BrowserWindow, zoom: number): void {
  webContents.once('did-finish-load', () => {
    if (zoom !== 0) webContents.setZoomLevel(zoom)
  })
  webContents.on('did-finish-load', () => {
    // The screens are no map: two fingers scroll, and zoom is by keys and menu.
    webContents.setVisualZoomLevelLimits(1, 1).catch((error: unknown) => log('pinch zoom stays on', error))
  })
}

function followTheme(window: BrowserWindow): void {
  const paint = (): void => {
    const { background, symbols } = coloursNow()
    window.setBackgroundColor(background)
    if (process.platform === 'win32')
      window.setTitleBarOverlay({ color: background, symbolColor: symbols, height: BAR_HEIGHT })
  }
  nativeTheme.on('updated', paint)
  window.once('closed', () => nativeTheme.removeListener('updated', paint))
}
