import type { Locator, Page } from '@playwright/test'
import { routes } from '../../src-shared/contract/index.ts'
import { expect, test, until } from '../desktop/fixtures.ts'
import { goTo } from './go-to.ts'
import { picture } from './tour.ts'

/** What a person does on the first day, by mouse and keyboard on the real desktop. */

const ENDS = { timeout: 60_000 }

const node = (window: Page, name: string) =>
  window.locator('.react-flow__node').filter({ has: window.getByText(name, { exact: true }) })

test('first start: the sample runs by one click, and its report opens', async ({ window }) => {
  await window.getByRole('button', { name: 'Run the sample' }).click()
  await expect(window.getByRole('heading', { level: 1 })).toContainText('seattle-weather', ENDS)
  await expect(window.getByText('Succeeded').first()).toBeVisible(ENDS)
  await window.getByRole('tab', { name: 'Assets' }).click()
  await window.getByText('report.html').first().click()
  const report = window.frameLocator('iframe').first()
  await expect(report.locator('body')).toContainText('Seattle', ENDS)
  await picture(window, 'journey-report')
})

test('a workflow of three steps is drawn by hand, published, run, and seen to finish', async ({ window, engine }) => {
  await window.getByRole('region', { name: 'First steps' }).getByRole('button', { name: 'New workflow' }).click()
  await window.getByRole('button', { name: 'Run a command', exact: true }).click()
  await expect(node(window, 'command')).toBeVisible()
  for (const name of ['command2', 'command3']) {
    await window.getByRole('button', { name: 'Add step' }).click()
    await window.getByRole('option', { name: /^Run a command/ }).click()
    await expect(node(window, name)).toBeVisible()
  }
  await window.keyboard.press('f')
  await connect(window, 'command', 'command2')
  await connect(window, 'command2', 'command3')
  await picture(window, 'journey-drawn')
  await window.getByRole('button', { name: 'Publish and run' }).click()
  await expect(window.getByText('Succeeded').first()).toBeVisible(ENDS)
  const { items } = await engine.client().call(routes.runs.list, { params: { project: 'default' } })
  // The first step shows the same word while the others still run.
  await expect(async () => {
    const run = await engine.run(items[0]?.id ?? '')
    expect(run.steps.map(({ name, needs, status }) => ({ name, needs, status }))).toEqual([
      { name: 'command', needs: [], status: 'succeeded' },
      { name: 'command2', needs: ['command'], status: 'succeeded' },
      { name: 'command3', needs: ['command2'], status: 'succeeded' },
    ])
  }).toPass(ENDS)
})

/** Draws a line from one node's body to another's, as a hand does: the second follows the first. */
async function connect(window: Page, from: string, to: string): Promise<void> {
  const lines = await window.locator('.react-flow__edge').count()
  const source = await restingPlace(node(window, from).locator('.react-flow__handle.source').first())
  const target = await restingPlace(node(window, to).locator('.react-flow__handle.target').first())
  await window.mouse.move(source.x + source.width / 2, source.y + source.height / 2)
  await window.mouse.down()
  await window.mouse.move(target.x - 40, target.y - 20, { steps: 8 })
  await window.mouse.move(target.x + target.width / 2, target.y + target.height / 2, { steps: 8 })
  await window.mouse.up()
  await expect(window.locator('.react-flow__edge')).toHaveCount(lines + 1)
}

/** Where something is once it moves no more: the canvas glides to what it shows, and a new line moves the steps. */
async function restingPlace(thing: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  let before = ''
  return until('the canvas rests', async () => {
    const box = await thing.boundingBox()
    const now = JSON.stringify(box)
    const isLaidOut = (await thing.page().locator('section[aria-busy="true"]').count()) === 0
    const rests = isLaidOut && now === before
    before = now
    return rests && box
  })
}

test('a run that is watched goes on when the engine is killed', async ({ window, engine }) => {
  await engine.publish('name: slow\nsteps:\n  a: { run: "sleep 4" }\n  b: { needs: a, run: "echo done" }\n')
  const run = await engine.startRun('slow')
  await goTo(window, `/runs/${run}`)
  await expect(window.getByText('Running').first()).toBeVisible()
  await engine.kill()
  await expect(window.getByText('Succeeded').first()).toBeVisible(ENDS)
  const ended = await engine.run(run)
  expect(ended.steps.map(({ executions }) => executions.length)).toEqual([1, 1])
})

test('what is typed outlives a crash of the desktop', async ({ launch, engine }) => {
  await engine.start()
  await engine.publish('name: typed\nsteps:\n  a: { run: "echo one" }\n')
  const before = await launch()
  const window = await before.window()
  await goTo(window, '/workflows/typed?step=a')
  await window.getByRole('textbox', { name: 'Description' }).first().fill('Says it')
  await expect(window.getByText(/1 change, saved/)).toBeVisible()
  await before.crash()
  const again = await (await launch()).window()
  await goTo(again, '/workflows/typed?step=a')
  await expect(again.getByRole('textbox', { name: 'Description' }).first()).toHaveValue('Says it')
})
