import { type Manifest, routes } from '../../src-shared/contract/index.ts'
import type { EngineHands } from '../desktop/engine-hands.ts'
import { expect, test } from '../desktop/fixtures.ts'
import { expectAccessible } from './axe.ts'
import { goTo } from './go-to.ts'
import { picture } from './tour.ts'

/** Modules of code in the screens: found, looked at, started by a form that is made from schemas, called by a drawn step. */

const code = 'a'.repeat(64)
const DIGITS: Manifest = {
  module: 'digits',
  language: 'python',
  description: 'Small models on handwritten digits.',
  targets: [
    {
      name: 'compare',
      kind: 'workflow',
      description: 'Compares models on the digits.\n\nKeeps the best one.',
      code,
      source: { file: 'digits.py', line: 42 },
      options: { timeoutMs: 600_000 },
      parameters: [
        { name: 'metric', kind: 'positional', schema: { enum: ['accuracy', 'f1'] }, required: false, default: 'f1' },
        { name: 'day', kind: 'positional', schema: { type: 'string', format: 'date' }, required: true },
        {
          name: 'split',
          kind: 'positional',
          schema: { type: 'object', properties: { train: { type: 'number' } }, required: ['train'] },
          required: false,
        },
      ],
    },
    {
      name: 'train',
      kind: 'task',
      description: 'Trains one model.',
      code,
      options: { retries: { limit: 3, minDelayMs: 1000, backoff: 'linear' } },
      parameters: [
        { name: 'k', kind: 'positional', schema: { type: 'integer' }, required: true, description: 'Neighbours' },
      ],
    },
  ],
}

const register = (engine: EngineHands) =>
  engine.client().call(routes.targets.register, { params: { project: 'default' }, body: { manifests: [DIGITS] } })

test('targets are found and looked at', async ({ window, engine }) => {
  await goTo(window, '/targets')
  await expect(window.getByText('No code is registered in main')).toBeVisible()
  await expectAccessible(window, 'no targets')
  await register(engine)
  await goTo(window, '/workflows')
  await expect(window.getByRole('row', { name: /compare/ })).toContainText('digitsPython')
  await window.getByRole('link', { name: 'Targets' }).click()
  await window.getByRole('link', { name: /train/ }).click()
  const shown = window.getByRole('region', { name: 'digits/train' })
  await expect(shown).toContainText('Trains one model.')
  await expect(shown).toContainText('Up to 3 times after failures, after 1 s.')
  await expect(shown.getByRole('list', { name: 'Parameters' })).toContainText('Neighbours')
  await picture(window, 'targets')
  await expectAccessible(window, 'a target')
  await window.getByLabel('Search targets').fill('nothing')
  await expect(window.getByText('No target matches “nothing”')).toBeVisible()
  await window.getByRole('button', { name: 'Show all targets' }).click()
  await expect(window.getByRole('link', { name: /compare/ })).toBeVisible()
})

for (const theme of ['light', 'dark'] as const) {
  test(`a workflow of code has a page with its form, ${theme}`, async ({ window, engine }) => {
    await register(engine)
    await window.emulateMedia({ colorScheme: theme })
    await goTo(window, '/workflows/compare')
    await expect(window.getByText('digits.py:42')).toBeVisible()
    await expect(window.getByText('An attempt that takes longer than 10 min is ended.')).toBeVisible()
    await picture(window, `code-workflow-${theme}`)
    await expectAccessible(window, `a workflow of code, ${theme}`)
    const start = window.getByRole('button', { name: 'Start the run' })
    await window.getByLabel('day').fill('tomorrow')
    await expect(window.getByText('This must be a date such as 2026-11-21.')).toBeVisible()
    const split = window.getByRole('group', { name: 'split' })
    await split.getByLabel('train').fill('x')
    await expect(split.getByText('This must be a number, such as 1.5.')).toBeVisible()
    await expectAccessible(window, `a form with faults, ${theme}`)
    await window.getByLabel('day').fill('2026-11-21')
    await split.getByLabel('train').fill('0.8')
    await start.click()
    await expect(window).toHaveURL(/\/runs\/\w{8}/)
    const [run] = (await engine.client().call(routes.runs.list, { params: { project: 'default' } })).items
    const { params } = await engine
      .client()
      .call(routes.runs.get, { params: { project: 'default', run: run?.id ?? '' } })
    expect(params).toEqual({ metric: 'f1', day: '2026-11-21', split: { train: 0.8 } })
  })
}

test('on a narrow screen the list and a target have the screen in turn', async ({ window, engine }) => {
  await register(engine)
  await window.setViewportSize({ width: 390, height: 800 })
  await goTo(window, '/targets')
  await window.getByRole('link', { name: /train/ }).click()
  await expect(window.getByRole('link', { name: /compare/ })).toBeHidden()
  await expectAccessible(window, 'a target on a narrow screen')
  await window.getByRole('button', { name: 'All targets' }).click()
  await expect(window.getByRole('link', { name: /compare/ })).toBeVisible()
})

test('a drawn step calls a target, with fields for its parameters', async ({ window, engine }) => {
  await register(engine)
  await engine.publish('name: drawn\nsteps:\n  first:\n    target: digits/train\n    inputs: {k: 3}\n')
  await goTo(window, '/workflows/drawn?step=first')
  await expect(window.getByText('Parameters of digits/train')).toBeVisible()
  await expect(window.getByText('integer, required')).toBeVisible()
  await expectAccessible(window, 'a step that calls a target')
})
