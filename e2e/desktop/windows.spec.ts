import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ElectronApplication } from '@playwright/test'
import { engineIs, expect, type InPage, test, until } from './fixtures.ts'
import { waiting } from './workflows.ts'

const visible = (app: ElectronApplication): Promise<boolean[]> =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isVisible()))

const ended = (app: ElectronApplication): Promise<unknown> =>
  new Promise((resolve) => app.process().once('exit', resolve))

/** The next dialog is answered with this button; what it said is kept for the test. */
const answerDialog = (app: ElectronApplication, response: number): Promise<void> =>
  app.evaluate(({ dialog }, response) => {
    const main = globalThis as unknown as { said: unknown }
    dialog.showMessageBox = (...args: unknown[]) => {
      main.said = args.at(-1)
      return Promise.resolve({ response, checkboxChecked: false })
    }
  }, response)
const said = (app: ElectronApplication) =>
  app.evaluate(
    () => (globalThis as unknown as { said?: { message: string; detail: string; buttons: string[] } }).said ?? null,
  )

test('a window comes back as it was left', async ({ launch }) => {
  const first = await launch()
  await first.window()
  const left = { x: 120, y: 80, width: 900, height: 640 }
  await first.app.evaluate(({ BrowserWindow, Menu }, left) => {
    BrowserWindow.getAllWindows()[0]?.setBounds(left)
    const view = Menu.getApplicationMenu()?.items.find(({ label }) => label === '&View')
    view?.submenu?.items.find(({ label }) => label === 'Zoom In')?.click()
  }, left)
  await expect
    .poll(() => first.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds()))
    .toEqual(left)
  await first.close()
  const second = await launch()
  const window = await second.window()
  const now = await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())
  expect(now).toEqual(left)
  await expect
    .poll(() =>
      second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getZoomLevel()),
    )
    .toBe(0.5)
  await window.reload()
  expect(
    await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getZoomLevel()),
  ).toBe(0.5)
})

test('a further window opens at its screen, and only at one of ours', async ({ app, window }) => {
  const next = app.waitForEvent('window')
  await window.evaluate(() => {
    const { weir } = globalThis as unknown as InPage
    weir.app.newWindow('https://evil.example/')
    weir.app.newWindow('//evil.example/')
    weir.app.newWindow('/settings')
  })
  const second = await next
  await expect(second).toHaveURL('app://weir/#/settings')
  expect(app.windows()).toHaveLength(2)
  expect(await second.evaluate(() => (globalThis as unknown as InPage).weir.engine.state())).toMatchObject({
    phase: 'ready',
  })
  await second.close()
  await expect.poll(() => visible(app)).toEqual([true])
})

test('closing the window keeps Weir and its runs, and says so once', async ({ app, window, engine, folder }) => {
  await engine.publish(waiting(folder))
  const run = await engine.startRun('waiting')
  await app.evaluate(({ Notification }) => {
    const main = globalThis as unknown as { shown: string[] }
    main.shown = []
    Notification.prototype.show = function show(this: Electron.Notification) {
      main.shown.push(this.title)
    }
    Notification.isSupported = () => true
  })
  const close = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  await close()
  await expect.poll(() => visible(app)).toEqual([false])
  // As a click in the tray, or a second start.
  await app.evaluate(({ app }) => void app.emit('activate'))
  await expect.poll(() => visible(app)).toEqual([true])
  await close()
  await expect.poll(() => visible(app)).toEqual([false])
  const shown = await app.evaluate(() => (globalThis as unknown as { shown: string[] }).shown)
  expect(shown).toEqual(['Weir goes on in the background'])
  expect((await engine.run(run)).status).toBe('running')
  expect(await window.evaluate(() => (globalThis as unknown as InPage).weir.engine.state())).toMatchObject({
    phase: 'ready',
  })
})

test('closing the window quits when the person wants that', async ({ app, window }) => {
  await window.evaluate(() => (globalThis as unknown as InPage).weir.preferences.set({ closeToTray: false }))
  const end = ended(app)
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  await end
})

test('quitting asks when runs are active', async ({ app, window, engine, folder }) => {
  await engine.publish(waiting(folder))
  const run = await engine.startRun('waiting')
  await engine.runIs(run, 'running')
  const pid = await engine.pid()
  await answerDialog(app, 2)
  await window.evaluate(() => (globalThis as unknown as InPage).weir.app.quit())
  const question = await until('it asks', () => said(app))
  expect(question).toMatchObject({
    message: '1 run is active.',
    buttons: ['Keep running in the background', 'Stop the engine', 'Cancel'],
  })
  expect(await visible(app)).toEqual([true])
  await answerDialog(app, 0)
  const end = ended(app)
  await app.evaluate(({ app }) => app.quit())
  await end
  expect(await engine.pid()).toBe(pid)
  writeFileSync(join(folder, 'go'), '')
  await engine.runIs(run, 'succeeded')
})

test('an engine that is stopped with the desktop takes its steps back at the next start', async ({
  launch,
  engine,
  folder,
}) => {
  const first = await launch()
  await engineIs(await first.window(), 'ready')
  await engine.publish(waiting(folder))
  const run = await engine.startRun('waiting')
  await engine.runIs(run, 'running')
  await answerDialog(first.app, 1)
  const end = ended(first.app)
  await first.app.evaluate(({ app }) => app.quit())
  await end
  expect(await engine.pid()).toBeNull()
  writeFileSync(join(folder, 'go'), '')
  const second = await launch()
  await engineIs(await second.window(), 'ready')
  await engine.runIs(run, 'succeeded')
})

test('without active runs, quitting asks nothing and stops the engine that the desktop started', async ({
  app,
  window,
  engine,
}) => {
  await answerDialog(app, 2)
  const end = ended(app)
  await window.evaluate(() => (globalThis as unknown as InPage).weir.app.quit())
  await end
  expect(await engine.pid()).toBeNull()
})

test('a window that crashes is opened again at its screen, with words', async ({ app, window }) => {
  await window.evaluate(() => {
    ;(globalThis as unknown as InPage).location.hash = '#/settings'
  })
  await expect(window).toHaveURL('app://weir/#/settings')
  await answerDialog(app, 0)
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer())
  const told = await until('it is said', () => said(app))
  expect(told.message).toBe('This window crashed and was opened again.')
  await expect
    .poll(() =>
      app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript('location.hash + typeof weir'),
      ),
    )
    .toBe('#/settingsobject')
})

test('preferences are kept, followed and checked', async ({ app, window, folder }) => {
  const set = (changes: object) =>
    window.evaluate((changes) => (globalThis as unknown as InPage).weir.preferences.set(changes), changes)
  expect(await set({ theme: 'dark', startAtLogin: true })).toMatchObject({ theme: 'dark', closeToTray: true })
  expect(await app.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe('dark')
  const autostart = join(folder, 'config/autostart/weir.desktop')
  expect(readFileSync(autostart, 'utf8')).toMatch(/^Exec=".+" "--hidden" "--data=.+"$/m)
  await set({ startAtLogin: false })
  expect(existsSync(autostart)).toBe(false)
  await expect(set({ theme: 'pink' })).rejects.toThrow(/preferences:set/)
  await expect(set({ shell: '/bin/sh' })).rejects.toThrow(/preferences:set/)
  const kept = await app.evaluate(({ app }) => app.getPath('userData'))
  expect(JSON.parse(readFileSync(join(kept, 'preferences.json'), 'utf8'))).toMatchObject({ theme: 'dark' })
})

test('started at sign-in it has no window, until somebody asks for one', async ({ launch, engine }) => {
  const desktop = await launch({ args: ['--hidden'] })
  await until('the engine runs', () => engine.pid())
  expect(desktop.app.windows()).toHaveLength(0)
  const next = desktop.app.waitForEvent('window')
  await desktop.app.evaluate(({ app }) => void app.emit('activate'))
  await engineIs(await next, 'ready')
})
