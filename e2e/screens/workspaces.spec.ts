import type { Page } from '@playwright/test'
import { routes } from '../../src-shared/contract/index.ts'
import type { EngineHands } from '../desktop/engine-hands.ts'
import { expect, test } from '../desktop/fixtures.ts'
import { quick } from '../desktop/workflows.ts'
import { expectAccessible } from './axe.ts'
import { goTo } from './go-to.ts'

/** Workspaces in the desktop: made, chosen, paused, renamed and put aside by hand; runs started and run again in them. */

const params = { project: 'default' }
const create = (engine: EngineHands, name: string, base = 'main') =>
  engine.client().call(routes.workspaces.create, { params, body: { name, base } })
const shown = (window: Page, name: string) => window.getByRole('button', { name, exact: true })
const choose = async (window: Page, now: string, item: string | RegExp): Promise<void> => {
  await shown(window, now).click()
  await window.getByRole('menuitem', { name: item }).click()
}

test('a workspace is made and chosen by hand, and lists show its runs alone', async ({ window, engine }) => {
  await engine.publish(quick('sample'))
  const inMain = await engine.startRun('sample')
  await engine.runIs(inMain, 'succeeded')
  await choose(window, 'Workspace main', 'New workspace')
  await window.getByLabel('Name').fill('Dev')
  await expect(window.getByText('A workspace cannot be called that.')).toBeVisible()
  await window.getByLabel('Name').fill('dev')
  await expectAccessible(window, 'the form of a workspace')
  await window.getByRole('button', { name: 'Make workspace' }).click()
  await expect(shown(window, 'Workspace dev')).toBeVisible()

  await goTo(window, '/runs')
  await expect(window.getByText('Nothing has run in dev yet')).toBeVisible()
  await expectAccessible(window, 'a workspace without runs')
  await goTo(window, '/')
  await window.getByRole('button', { name: 'Run sample' }).click()
  await expect(window.getByText('Workspace dev')).toBeVisible()
  await goTo(window, '/runs')
  await expect(window.getByRole('grid').getByText('sample')).toHaveCount(1)
  await expect(window.getByText(inMain)).toBeHidden()
  await choose(window, 'Workspace dev', 'All workspaces')
  await expect(window.getByRole('grid').getByRole('link', { name: 'sample' })).toHaveCount(2)
  // It is kept over a reload.
  await window.reload()
  await expect(shown(window, 'All workspaces')).toBeVisible()
})

test('a workspace is paused, renamed, moved, put aside and deleted by hand', async ({ window, engine }) => {
  await create(engine, 'dev')
  await create(engine, 'ana')
  await goTo(window, '/workspaces')
  const act = async (name: string, what: string): Promise<void> => {
    await window.getByRole('button', { name: `More for ${name}`, exact: true }).click()
    await window.getByRole('menuitem', { name: what }).click()
  }
  const row = (name: string) => window.getByRole('row').filter({ hasText: name })
  await act('ana', 'Pause')
  await expect(row('ana')).toContainText('paused')
  await expectAccessible(window, 'a paused workspace')
  await act('ana', 'Go on')
  await expect(row('ana')).not.toContainText('paused')
  await act('ana', 'Rename or change its base')
  await window.getByLabel('Name').fill('dev/ana')
  await window.getByRole('combobox', { name: 'Base' }).click()
  await window.getByRole('option', { name: 'dev' }).click()
  await window.getByRole('button', { name: 'Save' }).click()
  await expect(row('dev/ana').getByRole('gridcell').nth(1)).toHaveText('dev')
  // Those below it first.
  await act('dev', 'Archive')
  await expect(window.getByText('dev/ana inherits from dev, and is not archived')).toBeVisible()
  await act('dev/ana', 'Archive')
  await expect(row('dev/ana')).toBeHidden()
  await window.getByRole('switch', { name: 'Show archived' }).click()
  await expect(row('dev/ana')).toContainText('archived')
  await act('dev/ana', 'Delete')
  await window.getByRole('button', { name: 'Delete dev/ana' }).click()
  await expect(row('dev/ana')).toBeHidden()
})

test('a step is run again in a workspace below, and stands beside the original', async ({ window, engine }) => {
  await create(engine, 'dev')
  await engine.publish(quick('sample'))
  const run = await engine.startRun('sample')
  await engine.runIs(run, 'succeeded')
  await goTo(window, `/runs/${run}?tab=steps&step=one`)
  await window.getByRole('button', { name: 'Run again', exact: true }).click()
  await window.getByRole('menuitem', { name: 'Run again in a workspace…' }).click()
  const dialog = window.getByRole('dialog')
  await expect(dialog.getByRole('combobox', { name: 'Where' })).toHaveValue('dev')
  await expectAccessible(window, 'the question where to run again')
  await dialog.getByRole('button', { name: 'Run again' }).click()
  await expect(window.getByRole('region', { name: 'Attempts in main' })).toContainText('original')
  await expect(window.getByRole('button', { name: 'Attempt 2 in dev' })).toBeVisible()
  await expect(window.getByRole('row', { selected: true })).toContainText('in dev')
  await engine.runIs(run, 'succeeded')
  await expectAccessible(window, 'attempts in two workspaces')
})

test('a window whose workspace was deleted elsewhere shows main', async ({ window, engine }) => {
  await create(engine, 'dev')
  await choose(window, 'Workspace main', /^dev/)
  await expect(shown(window, 'Workspace dev')).toBeVisible()
  await engine.client().call(routes.workspaces.remove, { params: { ...params, workspace: 'dev' } })
  await window.reload()
  await expect(shown(window, 'Workspace main')).toBeVisible()
})
