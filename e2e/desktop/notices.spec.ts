import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ElectronApplication } from '@playwright/test'
import { expect, type InPage, test, until } from './fixtures.ts'
import { quick, waiting } from './workflows.ts'

interface Shown {
  readonly title: string
  readonly body: string
}

/** Notifications are kept instead of shown: a virtual screen has nobody who shows them. */
const collect = (app: ElectronApplication): Promise<void> =>
  app.evaluate(({ Notification }) => {
    const main = globalThis as unknown as { shown: Electron.Notification[] }
    main.shown = []
    Notification.isSupported = () => true
    Notification.prototype.show = function show(this: Electron.Notification) {
      main.shown.push(this)
    }
  })
const shown = (app: ElectronApplication): Promise<Shown[]> =>
  app.evaluate(() => (globalThis as unknown as { shown: Shown[] }).shown.map(({ title, body }) => ({ title, body })))

test('a run that failed is told, and a click opens it', async ({ app, window, engine }) => {
  await collect(app)
  await engine.publish(quick('broken', 'exit 3'))
  const run = await engine.startRun('broken')
  await until('it is told', async () => (await shown(app)).length === 1)
  const [notice] = await shown(app)
  expect(notice?.title).toBe('broken failed')
  expect(notice?.body).toContain(run)
  await app.evaluate(() => (globalThis as unknown as { shown: Electron.Notification[] }).shown[0]?.emit('click'))
  await expect(window).toHaveURL(new RegExp(`^app://weir/#/runs/${run}`))
})

test('many at once are told once', async ({ app, window, engine }) => {
  expect(window.url()).toContain('app://weir/')
  await collect(app)
  await engine.publish(quick('good'))
  await engine.publish(quick('bad', 'exit 1'))
  const runs = await Promise.all([1, 2, 3, 4].map((i) => engine.startRun(i === 4 ? 'bad' : 'good')))
  expect(runs).toHaveLength(4)
  await until('they are told', async () => (await shown(app)).length > 0)
  expect((await shown(app)).map(({ title }) => title)).toEqual(['4 runs ended: 3 succeeded, 1 failed'])
})

test('the run that the person looks at is not told, and neither is what is not wanted', async ({
  app,
  window,
  engine,
  folder,
}) => {
  await collect(app)
  await engine.publish(waiting(folder))
  const run = await engine.startRun('waiting')
  await window.evaluate((run) => {
    ;(globalThis as unknown as InPage).location.hash = `#/runs/${run}`
  }, run)
  // Without a window manager nobody gives windows the focus.
  await app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows()
    BrowserWindow.getFocusedWindow = () => window ?? null
  })
  writeFileSync(join(folder, 'go'), '')
  await engine.runIs(run, 'succeeded')
  await window.evaluate(() => (globalThis as unknown as InPage).weir.preferences.set({ notifyFinished: false }))
  await engine.publish(quick('good'))
  await engine.runIs(await engine.startRun('good'), 'succeeded')
  // This one is told, so the others would have been by now.
  await engine.publish(quick('broken', 'exit 3'))
  await engine.startRun('broken')
  await until('it is told', async () => (await shown(app)).length > 0)
  expect((await shown(app)).map(({ title }) => title)).toEqual(['broken failed'])
})
