import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { routes } from '../../src-shared/contract/index.ts'
import { expect, test } from '../desktop/fixtures.ts'
import { quick } from '../desktop/workflows.ts'
import { expectAccessible } from './axe.ts'
import { goTo } from './go-to.ts'

/** Projects in the desktop: made, shown, put aside and deleted by hand. */

test('a project is made and shown by hand, and what is in another one is not in it', async ({ window, engine }) => {
  await engine.publish(quick('only-in-default'))
  await window.getByRole('button', { name: 'Project default' }).click()
  await window.getByRole('menuitem', { name: 'New project' }).click()
  await window.getByLabel('Name').fill('Spring Mice')
  await expect(window.getByRole('button', { name: 'Make project' })).toBeDisabled()
  await window.getByRole('button', { name: 'Use spring-mice' }).click()
  await window.getByLabel('What it is for').fill('Imaging of the spring cohort')
  await window.getByRole('button', { name: 'Make project' }).click()
  await expect(window.getByRole('button', { name: 'Project spring-mice' })).toBeVisible()
  await goTo(window, '/workflows')
  await expect(window.getByRole('heading', { name: 'Workflows', exact: true })).toBeVisible()
  await expect(window.getByText('only-in-default')).toBeHidden()
  // It is kept over a reload, and an address can name another one.
  await window.reload()
  await expect(window.getByRole('button', { name: 'Project spring-mice' })).toBeVisible()
  await window.getByRole('button', { name: 'Project spring-mice' }).click()
  await window.getByRole('menuitem', { name: 'default', exact: true }).click()
  await expect(window.getByRole('button', { name: 'Project default' })).toBeVisible()
  await goTo(window, '/workflows')
  await expect(window.getByText('only-in-default')).toBeVisible()
})

test('a project is renamed, put aside, taken back and deleted by hand', async ({ window, engine }) => {
  await engine.client().call(routes.projects.create, { body: { name: 'mice' } })
  await goTo(window, '/projects')
  const more = (name: string) => window.getByRole('button', { name: `More for ${name}` })
  const choose = async (name: string, what: string): Promise<void> => {
    await more(name).click()
    await window.getByRole('menuitem', { name: what }).click()
  }
  await choose('mice', 'Rename or describe')
  await window.getByLabel('Name').fill('rats')
  await window.getByRole('button', { name: 'Save' }).click()
  await expect(more('rats')).toBeVisible()
  await window.getByRole('gridcell', { name: 'rats', exact: true }).click()
  await expect(window.getByRole('button', { name: 'Project rats' })).toBeVisible()
  await goTo(window, '/projects')
  await choose('rats', 'Archive')
  await expect(window.getByText('The project rats is archived')).toBeVisible()
  await expectAccessible(window, 'an archived project')
  await window.getByRole('button', { name: 'Take it back into use' }).click()
  await expect(window.getByText('The project rats is archived')).toBeHidden()
  await choose('rats', 'Delete')
  await expect(window.getByRole('dialog')).toContainText('rats')
  await window.getByRole('button', { name: 'Delete rats' }).click()
  // The window that showed it shows the one that is always there.
  await expect(window.getByRole('button', { name: 'Project default' })).toBeVisible()
  await expect(more('rats')).toBeHidden()
})

test('a window whose project was deleted elsewhere shows the default', async ({ window, engine }) => {
  await engine.client().call(routes.projects.create, { body: { name: 'mice' } })
  await window.getByRole('button', { name: 'Project default' }).click()
  await window.getByRole('menuitem', { name: 'mice' }).click()
  await expect(window.getByRole('button', { name: 'Project mice' })).toBeVisible()
  await engine.client().call(routes.projects.remove, { params: { project: 'mice' } })
  await window.reload()
  await expect(window.getByRole('button', { name: 'Project default' })).toBeVisible()
})

test('a project is exported before it is deleted, and imported again by hand', async ({
  window,
  app,
  engine,
  folder,
}) => {
  const archive = join(folder, 'mice.weir.tar.gz')
  await app.evaluate(({ session }, path) => {
    session.defaultSession.on('will-download', (_event, item) => item.setSavePath(path))
  }, archive)
  const client = engine.client()
  await client.call(routes.projects.create, { body: { name: 'mice', description: 'Spring cohort' } })
  const params = { project: 'mice' }
  const source = 'name: nap\nsteps:\n  nap:\n    sleep: 10m\n'
  await client.call(routes.workflows.apply, { params, body: { source, files: [] } })
  const { id } = await client.call(routes.runs.start, { params, body: { workflow: 'nap' } })
  await goTo(window, '/projects')
  const dialog = window.getByRole('dialog')
  // The cross of a dialog is a "Close" as well.
  const press = (name: string) => dialog.getByRole('button', { name, exact: true }).last().click()
  const choose = async (name: string, what: string): Promise<void> => {
    await window.getByRole('button', { name: `More for ${name}`, exact: true }).click()
    await window.getByRole('menuitem', { name: what }).click()
  }
  await choose('mice', 'Delete')
  await press('Export first')
  await expect(dialog).toContainText('1 run of it has not ended')
  await expectAccessible(window, 'a refused export')
  await press('Export without them')
  await expect(dialog).toContainText('1 run that has not ended')
  await press('Save archive')
  await expect(dialog).toContainText('The archive is packed')
  await expect.poll(() => existsSync(archive)).toBe(true)
  await client.call(routes.runs.cancel, { params: { ...params, run: id }, body: {} })
  await expect
    .poll(async () => (await client.call(routes.projects.get, { params })).activeRuns, { timeout: 20_000 })
    .toBe(0)
  await press('Close')
  await press('Delete mice')
  await expect(window.getByRole('button', { name: 'More for mice' })).toBeHidden()

  const pick = window.locator('input[type=file]')
  await pick.setInputFiles(archive)
  await expectAccessible(window, 'an import')
  await press('Import project')
  await expect(window.getByRole('button', { name: 'More for mice', exact: true })).toBeVisible()
  await expect(window.getByText('Spring cohort')).toBeVisible()
  expect((await client.call(routes.workflows.list, { params })).items.map(({ name }) => name)).toEqual(['nap'])
  // The name is taken now: the dialog says so, and takes another one.
  await pick.setInputFiles(archive)
  await press('Import project')
  await expect(dialog).toContainText('There is a project mice already')
  await dialog.getByLabel('Name').fill('mice-2')
  await press('Import project')
  await expect(window.getByRole('button', { name: 'More for mice-2' })).toBeVisible()
  await writeFile(archive, 'no archive at all')
  await pick.setInputFiles(archive)
  await dialog.getByLabel('Name').fill('mice-3')
  await press('Import project')
  await expect(dialog.getByRole('alert')).toContainText('nothing of it was kept')
  await expectAccessible(window, 'a refused import')
})
