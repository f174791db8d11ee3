import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { routes } from '../../src-shared/contract/index.ts'
import { expectAccessible } from '../screens/axe.ts'
import { goTo } from '../screens/go-to.ts'
import { expect, test } from './fixtures.ts'
import { waiting } from './workflows.ts'

/** The run view on the real engine: what a person sees and does there. */

const FAILING = `name: failing
steps:
  load:
    run: echo loaded
  fit:
    needs: load
    run: |
      echo "epoch 1"
      echo "ValueError: matrix is singular" >&2
      exit 3
`

const ASKING = `name: asking
steps:
  review:
    approval:
      message: Which readings count?
      form:
        operator: { type: string, minLength: 1 }
  conclude:
    run: printf '"%s decided"' "$WHO" > out.json
    env: { WHO: "\${{ inputs.who }}" }
    inputs: { who: "\${{ steps.review.outputs.operator }}" }
    outputs: { verdict: { json: out.json } }
outputs:
  verdict: \${{ steps.conclude.outputs.verdict }}
`

/** Pauses that end some hundred times a second, without a process each. */
const WIDE = `name: wide
steps:
  work:
    forEach: \${{ range(2000) }}
    sleep: \${{ string(3 + item / 400) + "s" + string((item % 400) * 2) + "ms" }}
  gather:
    needs: work
    run: echo done
`

const show = async (window: Page, run: string, search = ''): Promise<void> => {
  await goTo(window, `/runs/${run}${search}`)
  await expect(window.getByRole('tablist')).toBeVisible()
}

const status = (window: Page): Locator => window.getByRole('main').locator('header').first()

test('a failed run opens on the step that failed, with the last lines of its log, and runs it again', async ({
  window,
  engine,
}) => {
  await engine.publish(FAILING)
  const run = await engine.startRun('failing')
  await engine.runIs(run, 'failed')
  await show(window, run)
  const step = window.getByRole('region', { name: 'Step fit' })
  await expect(step.getByText('The command ended with exit code 3.')).toBeVisible()
  await expect(step.getByText('ValueError: matrix is singular', { exact: true })).toBeVisible()
  await window.getByRole('button', { name: 'Close the step' }).click()
  await expect(step).toBeHidden()
  await expect(window.getByText('Step fit failed: The command ended with exit code 3.')).toBeVisible()
  await window.getByRole('button', { name: 'Run again', exact: true }).click()
  await window.getByRole('menuitem', { name: 'Run the failed steps again' }).click()
  await show(window, run, '?step=fit')
  await expect(step.getByText('Attempts (2)')).toBeVisible()
})

test('an approval is answered in the screen, and what was typed is kept until then', async ({ window, engine }) => {
  await engine.publish(ASKING)
  const run = await engine.startRun('asking')
  await engine.runIs(run, 'waiting')
  await show(window, run)
  await window.getByRole('button', { name: 'Answer' }).click()
  await window.getByRole('button', { name: 'Approve' }).click()
  await expect(window.getByText('Fill this in.')).toBeVisible()
  await window.getByLabel('operator').fill('Ana')
  await window.getByRole('button', { name: 'Close the step' }).click()
  await window.getByRole('button', { name: 'Answer' }).click()
  await expect(window.getByLabel('operator')).toHaveValue('Ana')
  await window.getByRole('button', { name: 'Approve' }).click()
  await expect(status(window)).toContainText('Succeeded')
  await window.getByRole('button', { name: 'Close the step' }).click()
  await expect(window.getByRole('region', { name: 'Result of the run' })).toContainText('Ana decided')
})

test('a run is cancelled, and deleted, by a dialog that names it', async ({ window, engine, folder }) => {
  await engine.publish(waiting(folder))
  const run = await engine.startRun('waiting')
  await engine.runIs(run, 'running')
  await show(window, run)
  await window.getByRole('button', { name: 'Cancel' }).click()
  await expect(window.getByRole('dialog')).toContainText(run)
  await window.getByRole('button', { name: 'Cancel run' }).click()
  await expect(status(window)).toContainText('Cancelled')
  await window.getByRole('button', { name: 'More that can be done with this run' }).click()
  await window.getByRole('menuitem', { name: 'Delete run' }).click()
  await expect(window.getByRole('dialog')).toContainText(run)
  await window.getByRole('dialog').getByRole('button', { name: 'Delete run' }).click()
  await expect(window).toHaveURL(/#\/runs$/)
})

test('a run that is watched goes on by itself when the engine was killed and came back', async ({
  window,
  engine,
  folder,
}) => {
  await engine.publish(waiting(folder))
  const run = await engine.startRun('waiting')
  await engine.runIs(run, 'running')
  await show(window, run, '?tab=steps')
  const row = window.getByRole('row', { name: /wait/ })
  await expect(row).toContainText('Running')
  await engine.kill()
  await expect(row).toContainText('Running')
  await writeFile(join(folder, 'go'), '')
  await expect(status(window)).toContainText('Succeeded')
  await expect(row).toContainText('Succeeded')
})

test('a wide run is followed while it changes, and every item is reached by keys', async ({ window, engine }) => {
  await engine.publish(WIDE)
  const run = await engine.startRun('wide')
  await show(window, run, '?tab=steps')
  const grid = window.getByRole('grid', { name: 'Steps' })
  await expect(grid.getByText('/2,000')).toBeVisible()
  await grid.focus()
  await window.keyboard.press('Space')
  await expect(grid.getByRole('row', { name: /work\[0\]/ })).toBeVisible()
  await window.keyboard.press('j')
  await window.keyboard.press('j')
  await window.keyboard.press('Enter')
  await expect(window.getByRole('region', { name: 'Step work[1]' })).toBeVisible()
  await expect(status(window)).toContainText('Succeeded')
  await expect(grid.getByRole('row', { name: /work\[1\]/ })).toContainText('Succeeded')
  await grid.focus()
  await window.keyboard.press('End')
  await expect(grid.getByRole('row', { name: /gather/ })).toContainText('Succeeded')
  await window.getByLabel('Find a step, an item or a reason').fill('work[199')
  await expect(window.getByText('11 of 2,002 rows')).toBeVisible()
  // Nothing else tells: it was not deleted here.
  await engine.client().call(routes.runs.remove, {
    params: { project: 'default', run },
  })
  await expect(window.getByText(`There is no run ${run}`)).toBeVisible({ timeout: 30_000 })
})

test('the parts of the run view can be used by everybody', async ({ window, engine }) => {
  await engine.publish(FAILING)
  const run = await engine.startRun('failing')
  await engine.runIs(run, 'failed')
  for (const tab of ['graph', 'timeline', 'steps', 'logs', 'compare']) {
    await show(window, run, `?tab=${tab}&step=fit`)
    await expect(window.getByRole('tab', { selected: true })).toHaveText(new RegExp(tab, 'i'))
    await expect(window.getByRole('region', { name: 'Step fit' })).toBeVisible()
    await expectAccessible(window, tab)
  }
})
