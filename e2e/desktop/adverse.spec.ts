import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ElectronApplication, Page } from '@playwright/test'
import { routes } from '../../src-shared/contract/index.ts'
import { goTo } from '../screens/go-to.ts'
import { engineIs, expect, type InPage, test } from './fixtures.ts'
import { quick } from './workflows.ts'

/** What fate and hurry do to somebody who draws a workflow. */

const params = { project: 'default' }
const description = (window: Page) => window.getByRole('textbox', { name: 'Description' }).first()
const nodes = (window: Page) => window.locator('.react-flow__node')

/** As the system hands a file over that was double-clicked. */
const openWith = (app: ElectronApplication, target: string): Promise<void> =>
  app.evaluate(({ app }, target) => void app.emit('open-url', { preventDefault: () => undefined }, target), target)

test('what is typed while the engine is away outlives a reload, and is saved when it is back', async ({
  window,
  engine,
}) => {
  await engine.publish(quick('typed'))
  await goTo(window, '/workflows/typed?step=one')
  await description(window).fill('before')
  await engine.stop()
  await engineIs(window, 'failed')
  await description(window).fill('while it was away')
  await window.reload()
  await engine.start()
  await engineIs(window, 'ready')
  await expect(description(window)).toHaveValue('while it was away')
  await expect(window.getByText(/1 change, saved/)).toBeVisible()
})

test('an engine that hangs is said to be silent, and goes on where it was', async ({ window, engine }) => {
  await engine.publish(quick('hung'))
  await goTo(window, '/workflows/hung?step=one')
  await expect(nodes(window)).toHaveCount(1)
  const pid = (await engine.pid()) ?? 0
  process.kill(pid, 'SIGSTOP')
  try {
    await description(window).fill('typed meanwhile')
    await expect(window.getByText('The engine does not answer.')).toBeVisible({ timeout: 30_000 })
  } finally {
    process.kill(pid, 'SIGCONT')
  }
  await expect(window.getByText('The engine does not answer.')).toBeHidden()
  await expect(window.getByText(/1 change, saved/)).toBeVisible()
  expect(await engine.pid()).toBe(pid)
})

test('two windows that change one workflow meet: the second is shown both texts', async ({ app, window, engine }) => {
  await engine.publish(quick('shared'))
  await goTo(window, '/workflows/shared?step=one')
  await expect(nodes(window)).toHaveCount(1)
  const opened = app.waitForEvent('window')
  await window.evaluate(() => (globalThis as unknown as InPage).weir.app.newWindow('/workflows/shared?step=one'))
  const second = await opened
  await expect(nodes(second)).toHaveCount(1)
  await description(window).fill('from the first window')
  await expect(window.getByText(/1 change, saved/)).toBeVisible()
  await description(second).fill('from the second window')
  const both = second.getByRole('dialog')
  await expect(both).toContainText('from the first window')
  await expect(both).toContainText('from the second window')
  const { items } = await engine.client().call(routes.drafts.list, { params, query: {} })
  expect(items).toHaveLength(1)
})

test('a file that was changed while its draft was closed is shown beside it when it is opened again', async ({
  app,
  window,
  folder,
}) => {
  const path = join(folder, 'a.weir.yaml')
  writeFileSync(path, quick('filed', 'echo mine'))
  await openWith(app, path)
  await nodes(window).first().click()
  await description(window).fill('typed here')
  await expect(window.getByText(/Draft, saved/)).toBeVisible()
  await goTo(window, '/settings')
  writeFileSync(path, quick('filed', 'echo theirs'))
  await openWith(app, path)
  await expect(window.getByRole('dialog')).toContainText('echo theirs')
})

test('a file that is no workflow is a fault at once, and nothing can be added to it', async ({
  app,
  window,
  folder,
}) => {
  const path = join(folder, 'list.weir.yaml')
  writeFileSync(path, '- a\n- b\n')
  await openWith(app, path)
  await expect(window.getByRole('button', { name: /1 problem/ })).toBeVisible()
  await expect(window.getByText('Add the first step')).toBeHidden()
  await window.getByRole('button', { name: 'Add step' }).click()
  await window.getByRole('option', { name: /^Run a command/ }).click()
  await expect(window.getByText('The definition is a list')).toBeVisible()
})

test('a workflow that was deleted while it was open is brought back by publishing it again', async ({
  window,
  engine,
}) => {
  await engine.publish(quick('gone'))
  await goTo(window, '/workflows/gone?step=one')
  await description(window).fill('still here')
  await engine.client().call(routes.workflows.remove, { params: { ...params, workflow: 'gone' } })
  const publish = window.getByRole('button', { name: 'Publish', exact: true })
  await publish.click()
  await expect(window.getByText('gone was deleted meanwhile')).toBeVisible()
  await publish.click()
  await expect(window.getByText('of gone is published')).toBeVisible()
  const { source } = await engine
    .client()
    .call(routes.workflows.get, { params: { ...params, workflow: 'gone' }, query: {} })
  expect(source).toContain('still here')
})

test('a file that is gone or too long is refused in words', async ({ app, window, folder }) => {
  const path = join(folder, 'b.weir.yaml')
  writeFileSync(path, `name: long\ndescription: ${'x'.repeat(10_000_001)}\n`)
  await openWith(app, path)
  await expect(window.getByText('b.weir.yaml has 10.0 million characters')).toBeVisible()
  rmSync(path)
  await openWith(app, path)
  await expect(window.getByText('b.weir.yaml is not there.')).toBeVisible()
})

test('an address with words that nobody knows lists the runs', async ({ window, engine }) => {
  await engine.publish(quick('listed'))
  const run = await engine.startRun('listed')
  await engine.runIs(run, 'succeeded')
  await goTo(window, '/runs?tab=compare&status=succeeded,nonsense&since=never&trigger=x')
  await expect(window.getByText(run)).toBeVisible()
})
