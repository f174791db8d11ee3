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
