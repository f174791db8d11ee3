import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Page } from '@playwright/test'
import { type Json, poolRoutes, routes } from '../../src-shared/contract/index.ts'
import { WorkerProcess } from '../code/worker-process.ts'
import type { EngineHands } from '../desktop/engine-hands.ts'
import { test as desktop, expect } from '../desktop/fixtures.ts'
import { expectAccessible } from './axe.ts'
import { goTo } from './go-to.ts'
import { picture } from './tour.ts'

/** Runs of code in the screens: started by a form, watched while they grow, looked into, answered, run again; who runs them. */

const params = { project: 'default' }
const NARROW = { width: 390, height: 844 }
/** Calls of one function by one caller are one row from here on. */
const MANY = 60

/** A worker of the engine of the window, on the module beside this file; the code waits for gates that a test opens. */
interface Field {
  open(gate: string): void
  start(workflow: string, values?: Record<string, Json>): Promise<string>
}

const test = desktop.extend<{ readonly field: Field }>({
  field: async ({ window: _window, engine, data, folder }, use) => {
    const place = { language: 'typescript', folder: resolve(import.meta.dirname, 'code') } as const
    const worker = new WorkerProcess({ ...place, project: 'default', marks: folder, engine: { data } }, [
      '--register',
      '--concurrency',
      '4',
      '--name',
      'bench',
      'field.ts',
    ])
    await worker.says(/Hosts |Connected/)
    await use({
      open: (gate) => writeFileSync(join(folder, gate), ''),
      start: async (workflow, values = {}) =>
        (await engine.client().call(routes.runs.start, { params, body: { workflow, params: values } })).id,
    })
    await worker.kill()
  },
})

const row = (window: Page, name: string | RegExp) => window.getByRole('treeitem', { name })
const hasNoSidewaysScroll = (window: Page): Promise<boolean> =>
  window.evaluate(() => {
    const { scrollWidth, clientWidth } = (
      globalThis as unknown as { document: { documentElement: { scrollWidth: number; clientWidth: number } } }
    ).document.documentElement
    return scrollWidth <= clientWidth
  })

/** Looks at what is shown in both themes and on a phone. */
async function expectGood(window: Page, what: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await window.emulateMedia({ colorScheme })
    await picture(window, `${what.replaceAll(' ', '-')}-${colorScheme}`)
    await expectAccessible(window, `${what}, ${colorScheme}`)
  }
  const before = await window.evaluate(() => {
    const { innerWidth, innerHeight } = globalThis as unknown as { innerWidth: number; innerHeight: number }
    return { width: innerWidth, height: innerHeight }
  })
  await window.setViewportSize(NARROW)
  await expect.poll(() => hasNoSidewaysScroll(window)).toBe(true)
  await picture(window, `${what.replaceAll(' ', '-')}-narrow`)
  await expectAccessible(window, `${what}, narrow`)
  await window.setViewportSize(before)
}

test('a run is started by a form that is made from types, and its files are opened from its result', async ({
  window,
  engine,
  field: _field,
}) => {
  await goTo(window, '/targets?target=field%2Fseries')
  await window.getByRole('link', { name: 'Workflows' }).last().click()
  await goTo(window, '/workflows/series')
  const settings = window.getByRole('group', { name: 'settings' })
  await settings.getByLabel('name').fill('UV')
  await settings.getByLabel('exposure').fill('0.5')
  const bands = settings.getByLabel('bands')
  for (const band of ['red', 'blue']) {
    await bands.fill(band)
    await bands.press('Enter')
  }
  await expectGood(window, 'a form of code')
  await window.getByRole('button', { name: 'Start the run' }).click()
  await expect(window).toHaveURL(/\/runs\/\w{8}/)
  const [run] = (await engine.client().call(routes.runs.list, { params })).items
  const { params: given } = await engine.runIs(run?.id ?? '', 'succeeded')
  expect(given).toMatchObject({ settings: { name: 'UV', exposure: 0.5, bands: ['red', 'blue'] } })

  await goTo(window, `/runs/${run?.id}?tab=steps&step=measure%5B0%5D`)
  const step = window.getByRole('region', { name: 'Step measure[0]', exact: true })
  await expect(step).toContainText('the shutter is open')
  await expect(step.getByText('intensity')).toBeVisible()
  await expect(step).toContainText('field/measure@1')
  await expectGood(window, 'a step of code')
  await step.getByRole('link', { name: 'Show frame.csv in the assets' }).click()
  await expect(window.getByRole('tab', { name: 'Assets', selected: true })).toBeVisible()
  await expect(window.getByRole('option', { name: /frame.csv/, selected: true })).toBeVisible()
})

test('a run grows while it is watched: groups, rows of many, the timeline by caller', async ({ window, field }) => {
  const run = await field.start('survey', { n: MANY })
  await goTo(window, `/runs/${run}?tab=steps`)
  await expect(row(window, /morning/)).toContainText(`${MANY}/${MANY}`)
  await expect(row(window, /evening/)).toBeHidden()
  await window.evaluate(() => {
    ;(globalThis as unknown as { marked: boolean }).marked = true
  })
  field.open('noon')
  await expect(row(window, /evening/)).toContainText(`${MANY}/${MANY}`)
  // What came was added: nothing was loaded anew.
  expect(await window.evaluate(() => (globalThis as unknown as { marked?: boolean }).marked)).toBe(true)
  await row(window, /evening/).click()
  await row(window, new RegExp(`${MANY} calls`))
    .last()
    .click()
  await expect(row(window, new RegExp(`sample\\[${MANY}\\]`))).toBeVisible()
  await expectGood(window, 'calls by caller')
  await window.getByRole('tab', { name: 'Timeline' }).click()
  const names = window.getByRole('list', { name: 'Steps by time' })
  await expect(names.getByRole('button', { name: /morning/ }).last()).toContainText(`×${MANY}`)
  await names.getByRole('button', { name: 'Calls of morning' }).click()
  await names.getByRole('button', { name: 'Calls of sample' }).first().click()
  await expect(names.getByRole('button', { name: /sample\[0\]/ })).toBeVisible()
  await expectGood(window, 'a timeline by caller')
  await window.getByText('By function').click()
  await expect(names.getByRole('button', { name: 'Steps of sample' })).toBeVisible()
  await window.getByRole('tab', { name: 'Graph' }).click()
  await expect(window.locator('.react-flow__node', { hasText: 'sample' }).first()).toBeVisible()
  await expectAccessible(window, 'a graph of code')
})

test('one call is cancelled by hand, and the run goes on; its progress is a bar', async ({ window, field, engine }) => {
  const run = await field.start('waits')
  await goTo(window, `/runs/${run}?tab=steps&step=slow%5B0%5D`)
  await expect(row(window, /slow\[0\]/).getByRole('progressbar')).toHaveAttribute('aria-valuenow', '25')
  const step = window.getByRole('region', { name: 'Step slow[0]', exact: true })
  await expect(step.getByRole('progressbar')).toHaveAttribute('aria-valuetext', '1 of 4: cools down')
  await expectGood(window, 'progress of a step')
  await step.getByRole('button', { name: 'Cancel slow[0]' }).click()
  await window.getByRole('button', { name: 'Cancel step' }).click()
  await expect(row(window, /slow\[0\]/)).toContainText(/Cancelled/i)
  field.open('second')
  const { result } = await engine.runIs(run, 'succeeded')
  expect(result?.outputs).toEqual({ result: ['rejected', 'fulfilled'] })
})

test('an error of code is shown with its type, its message and where it came from', async ({
  window,
  field,
  engine,
}) => {
  const run = await field.start('breaks')
  await engine.runIs(run, 'failed')
  await goTo(window, `/runs/${run}?tab=steps&step=broken%5B0%5D`)
  const step = window.getByRole('region', { name: 'Step broken[0]', exact: true })
  await expect(step).toContainText('Sample 9 is out of range.')
  await expect(step).toContainText(/field\.ts:\d+/)
  await expectGood(window, 'an error of code')
})

test('a call is run again here and in a workspace below', async ({ window, field, engine }) => {
  await engine.client().call(routes.workspaces.create, { params, body: { name: 'dev' } })
  const run = await field.start('series', { settings: { name: 'UV', exposure: 1, bands: [] }, samples: [3] })
  await engine.runIs(run, 'succeeded')
  await goTo(window, `/runs/${run}?tab=steps&step=sample%5B0%5D`)
  const step = window.getByRole('region', { name: 'Step sample[0]', exact: true })
  await step.getByRole('button', { name: 'Run again from sample[0]' }).click()
  await expect(step.getByText('Attempts (2)')).toBeVisible()
  await engine.runIs(run, 'succeeded')
  await window.getByRole('button', { name: 'Run again', exact: true }).click()
  await window.getByRole('menuitem', { name: 'Run again in a workspace…' }).click()
  const dialog = window.getByRole('dialog')
  await expect(dialog.getByRole('combobox', { name: 'Where' })).toHaveValue('dev')
  await dialog.getByRole('button', { name: 'Run again' }).click()
  // The same run, in a workspace that has no worker of its own.
  await expect(step).toContainText('No worker of workspace dev hosts field (one of main does)')
  await expect(window).toHaveURL(new RegExp(`/runs/${run}`))
})

test('a question of code is answered on Home', async ({ window, field, engine }) => {
  const run = await field.start('asks')
  await goTo(window, '/')
  await window.getByRole('button', { name: /^Answer / }).click()
  await expect(window.getByText('Is the series good enough?')).toBeVisible()
  await expectGood(window, 'a question of code')
  await window.getByRole('combobox', { name: 'keep' }).click()
  await window.getByRole('option', { name: 'Yes' }).click()
  await window.getByLabel('note').fill('sharp')
  await window.getByRole('button', { name: 'Send the answer' }).click()
  const { result } = await engine.runIs(run, 'succeeded')
  expect(result?.outputs).toEqual({ result: { keep: true, note: 'sharp' } })
  await expect(window.getByText('Is the series good enough?')).toBeHidden()
})

const makePool = (engine: EngineHands, folder: string) =>
  engine.client().call(poolRoutes.create, {
    params,
    body: { name: 'spare', command: 'exit 3', folder, workspace: 'main', min: 1, max: 2 },
  })

test('workers, pools and the queue say who runs what, and why something waits', async ({
  window,
  field,
  engine,
  folder,
}) => {
  await makePool(engine, folder)
  const busy = await field.start('waits')
  const stuck = await field.start('renders')
  await window.getByRole('link', { name: 'Workers' }).click()
  const workers = window.getByRole('list', { name: 'Workers' })
  await expect(workers).toContainText('field v1')
  await expect(workers.getByRole('link', { name: new RegExp(`slow\\[1\\].*${busy}`) })).toBeVisible()
  const pools = window.getByRole('list', { name: 'Pools' })
  await expect(pools).toContainText('cannot start')
  await expectGood(window, 'workers and pools')
  await window.getByRole('button', { name: 'More for spare' }).click()
  await window.getByRole('menuitem', { name: 'Show what they have written' }).click()
  await expect(window.getByRole('dialog')).toContainText('They have written nothing yet.')
  await window.keyboard.press('Escape')

  await window.getByRole('tab', { name: /Queue/ }).click()
  const waiting = window.getByRole('row').filter({ hasText: stuck })
  await expect(waiting).toContainText('No worker of field/images@1 offers gpu.')
  await expect(waiting).toContainText('images × 3')
  await expectGood(window, 'the queue')
  await waiting.getByRole('link').click()
  await expect(window).toHaveURL(new RegExp(`/runs/${stuck}`))

  await goTo(window, '/workers')
  await window.getByRole('button', { name: 'More for bench' }).click()
  await window.getByRole('menuitem', { name: 'Let it finish and leave' }).click()
  await expect(workers).toContainText('leaving')
  field.open('first')
  field.open('second')
  await engine.runIs(busy, 'succeeded')
})
