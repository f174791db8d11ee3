import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, test as base, type ElectronApplication, type Page, type TestInfo } from '@playwright/test'
import type { EngineState, WeirBridge } from '../../src-shared/desktop/bridge.ts'
import { type Display, openDisplay } from './display.ts'
import { type EngineHands, engineHands, until } from './engine-hands.ts'
import { ownEnvironment } from './environment.ts'

/**
 * `test` and `expect` for tests on the real desktop. A test that names `window` gets an app with a ready engine on a data
 * folder of its own; one that names `launch` starts apps as it wants. All ends with the test: apps, engine, folder.
 */

const ROOT = realpathSync(join(import.meta.dirname, '../..'))
const CLOSE_TIMEOUT_MS = 10_000
const LAUNCH_TIMEOUT_MS = 20_000
const PACKAGE_TRIES = 3

/** What code that runs in a page finds there; the types of tests are those of Node. */
export interface InPage {
  readonly weir: WeirBridge
  focus(): void
  readonly document: { hasFocus(): boolean }
  readonly location: { href: string; hash: string; readonly origin: string }
}

export interface LaunchOptions {
  /** Further arguments, e.g. a file or a link to open */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** A desktop that runs. */
export interface Desktop {
  readonly app: ElectronApplication
  /** The first window, once its page is there. */
  window(): Promise<Page>
  /** Ends it as a crash does. */
  crash(): Promise<void>
  /** Ends it as a person does who quits and keeps the engine; the engine is not touched. */
  close(): Promise<void>
}

interface Fixtures {
  /** The data folder of this test */
  readonly data: string
  /** Folder for files of this test, removed at its end */
  readonly folder: string
  readonly engine: EngineHands
  readonly launch: (options?: LaunchOptions) => Promise<Desktop>
  readonly desktop: Desktop
  readonly app: ElectronApplication
  /** The window of a desktop whose engine is ready */
  readonly window: Page
}

export const test = base.extend<Fixtures, { readonly display: Display }>({
  display: [
    async ({ playwright: _playwright }, use) => {
      const display = await openDisplay()
      await use(display)
      display.close()
    },
    { scope: 'worker' },
  ],
  folder: async ({ display: _display }, use) => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'weir-e2e-')))
    await use(folder)
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  },
  data: async ({ folder }, use) => use(join(folder, 'data')),
  engine: async ({ data }, use) => {
    const hands = engineHands(data)
    await use(hands)
    hands.close()
    await hands.stop()
  },
  // The engine is named so that it is stopped after the apps, and not started again by one of them.
  launch: async ({ data, folder, engine: _engine, display }, use, info) => {
    const running: Desktop[] = []
    await use(async (options = {}) => {
      const desktop = await start(data, folder, display, options)
      running.push(desktop)
      return desktop
    })
    await keepPictures(running, info)
    for (const desktop of running) await desktop.close()
  },
  desktop: async ({ launch }, use) => use(await launch()),
  app: async ({ desktop }, use) => use(desktop.app),
  window: async ({ desktop }, use) => {
    const window = await desktop.window()
    await engineIs(window, 'ready')
    await use(window)
  },
})

export { expect } from '@playwright/test'
export { until }

/** How the engine is, as the screens of this window see it. */
export const engineState = (window: Page): Promise<EngineState> =>
  window.evaluate(() => (globalThis as unknown as InPage).weir.engine.state())

export async function engineIs<P extends EngineState['phase']>(
  window: Page,
  phase: P,
): Promise<Extract<EngineState, { phase: P }>> {
  return await until(`the engine is ${phase}`, async () => {
    const state = await engineState(window)
    return state.phase === phase && (state as Extract<EngineState, { phase: P }>)
  })
}

async function start(data: string, folder: string, display: Display, options: LaunchOptions): Promise<Desktop> {
  const app = await connected(() =>
    _electron.launch({
      timeout: LAUNCH_TIMEOUT_MS,
      ...programOf(),
      args: [...flags(), ...appFolder(), '--data', data, ...(options.args ?? [])],
      cwd: folder,
      env: { ...environmentOf(folder, display), ...options.env },
      // The look follows the preferences of the app, and is not put over it.
      colorScheme: null,
      artifactsDir: join(folder, 'artifacts'),
    }),
  )
  const child = app.process()
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()))
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    child.kill(signal)
    // One that does not end by it must not stay.
    const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_TIMEOUT_MS)
    await ended
    clearTimeout(timer)
  }
  return {
    app,
    async window() {
      const window = await app.firstWindow()
      // Windows begin empty.
      await window.waitForURL(/^app:/)
      await window.waitForLoadState('load')
      await focus(window)
      return window
    },
    crash: () => end('SIGKILL'),
    // A signal asks nothing and keeps the engine.
    close: () => end('SIGTERM'),
  }
}

/** A page that nobody has clicked into has no focus, but e.g. copying needs it. Of several windows the last one gets it. */
async function focus(window: Page): Promise<void> {
  await until('the page has the focus', () =>
    window.evaluate(() => {
      const page = globalThis as unknown as InPage
      page.focus()
      return page.document.hasFocus()
    }),
  )
}

/**
 * Playwright cannot hold a package back, and then loses a page now and then that is made while it connects: such a start
 * is tried again. In a checkout the first try must do.
 */
async function connected(start: () => Promise<ElectronApplication>): Promise<ElectronApplication> {
  for (let left = packageUnderTest() === undefined ? 0 : PACKAGE_TRIES - 1; ; left -= 1) {
    try {
      return await start()
    } catch (error) {
      if (left === 0) throw error
    }
  }
}

/**
 * WEIR_TEST_APP: the program of an installed or unpacked package, for the tests of packages. Else Playwright finds Electron
 * itself, and holds the app back until it is connected.
 */
const packageUnderTest = (): string | undefined => process.env.WEIR_TEST_APP
const programOf = (): { executablePath?: string } => {
  const program = packageUnderTest()
  return program === undefined ? {} : { executablePath: program }
}
const appFolder = (): string[] => (packageUnderTest() === undefined ? [ROOT] : [])
const flags = (): string[] => [
  ...(process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  // No dialogs of a keyring, and none of its delays.
  '--password-store=basic',
]

/** Nothing of the person's own settings, and nothing left in them. */
function environmentOf(folder: string, display: Display): Record<string, string> {
  return {
    ...ownEnvironment(),
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    LANG: 'C.UTF-8',
    ...(display.name === null ? {} : { DISPLAY: display.name }),
  }
}

/** What the windows of a failed test showed at its end. */
async function keepPictures(running: readonly Desktop[], info: TestInfo): Promise<void> {
  if (info.status === info.expectedStatus) return
  for (const { app } of running) {
    for (const [i, window] of app.windows().entries()) {
      const picture = await window.screenshot({ timeout: CLOSE_TIMEOUT_MS }).catch(() => null)
      if (picture !== null) await info.attach(`window-${i}.png`, { body: picture, contentType: 'image/png' })
    }
  }
}
