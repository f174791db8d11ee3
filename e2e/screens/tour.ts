import { mkdirSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { type AssetFile, type AssetValue, routes } from '../../src-shared/contract/index.ts'
import type { EngineHands } from '../desktop/engine-hands.ts'
import { expect } from '../desktop/fixtures.ts'

const ROOT = realpathSync(join(import.meta.dirname, '../..'))
/** Where pictures of the screens are written, for people to look at. Not committed. */
const PICTURES = join(ROOT, 'e2e/screenshots')
const params = { project: 'default' }

/** Runs that the pictures show: one that succeeded, one that waits for a person, one that failed. */
export interface Shown {
  readonly weather: string
  readonly approval: string
  readonly failed: string
}

const FAILING = `name: broken-import
description: Reads a table that is not there
steps:
  fetch:
    run: echo "connects to the instrument"; echo "42" > n.txt
    outputs:
      n: { text: n.txt }
  read:
    run: |
      echo "reads table $WEIR_INPUT_N"
      echo "Error: table 42 has no column temperature" >&2
      exit 3
    inputs: { n: '\${{ steps.fetch.outputs.n }}' }
    retry: { limit: 1, delay: 100ms }
  plot:
    needs: read
    run: echo plots
`

/** What a lab has after a day: published examples with their files, runs that ended in different ways, a draft. */
export async function furnish(engine: EngineHands): Promise<Shown> {
  await publishExample(
    engine,
    'seattle-weather',
    ['check', 'split', 'stats', 'trend', 'report', 'weather', 'charts'].map((name) => `${name}.mjs`),
  )
  await publishExample(engine, 'flaky-approval', ['measure.sh', 'conclude.sh'])
  await engine.publish(FAILING)
  const csv = await upload(
    engine,
    join(ROOT, 'node_modules/vega-datasets/data/seattle-weather.csv'),
    'seattle-weather.csv',
  )
  const start = async (workflow: string, values: Record<string, AssetValue> = {}): Promise<string> =>
    (await engine.client().call(routes.runs.start, { params, body: { workflow, params: values } })).id
  const weather = await start('seattle-weather', { csv: { kind: 'asset', name: 'csv', files: [csv] } })
  const failed = await start('broken-import')
  const approval = await start('flaky-approval')
  await engine.runIs(weather, 'succeeded')
  await engine.runIs(failed, 'failed')
  await engine.runIs(approval, 'waiting')
  return { weather, approval, failed }
}

async function publishExample(engine: EngineHands, name: string, files: readonly string[]): Promise<void> {
  const folder = join(ROOT, 'resources/examples', name)
  const stored = await Promise.all(files.map((file) => upload(engine, join(folder, file), file)))
  const source = readFileSync(join(folder, 'weir.yaml'), 'utf8')
  await engine.client().call(routes.workflows.apply, { params, body: { source, files: stored } })
}

async function upload(engine: EngineHands, file: string, path: string): Promise<AssetFile> {
  const stored = await engine.client().call(routes.assets.putBlob, { params, body: readFileSync(file) })
  return { path, ...stored }
}

/** A screen of the tour: where it is, and what is there when it is complete. */
export interface Stop {
  readonly name: string
  readonly path: string
  readonly isThere: (window: Page) => Promise<unknown>
}

const text = (words: string | RegExp) => (window: Page) => expect(window.getByText(words).first()).toBeVisible()
const selected = (name: string) => (window: Page) =>
  expect(window.locator('.react-flow__node.selected', { hasText: name })).toHaveCount(1)
const node = (name: string) => (window: Page) =>
  expect(window.locator('.react-flow__node', { hasText: name }).first()).toBeVisible()

export const stops = ({ weather, approval, failed }: Shown): readonly Stop[] => [
  { name: 'home', path: '/', isThere: text('flaky-approval') },
  { name: 'workflows', path: '/workflows', isThere: text('seattle-weather') },
  { name: 'builder', path: '/workflows/seattle-weather', isThere: node('trend') },
  { name: 'builder-step', path: '/workflows/seattle-weather?step=stats', isThere: selected('stats') },
  { name: 'builder-new', path: '/drafts/0b7a9a52-54a2-4d6c-9a0f-2f1d0f2b9a11', isThere: text('Add the first step') },
  { name: 'runs', path: '/runs', isThere: text(failed) },
  { name: 'run-graph', path: `/runs/${weather}`, isThere: node('trend') },
  { name: 'run-timeline', path: `/runs/${weather}?tab=timeline`, isThere: text('trend') },
  { name: 'run-steps', path: `/runs/${weather}?tab=steps`, isThere: text('trend') },
  { name: 'run-assets', path: `/runs/${weather}?tab=assets`, isThere: text('report.html') },
  {
    name: 'run-logs',
    path: `/runs/${weather}?tab=logs`,
    isThere: (window) => expect(window.getByLabel('Log', { exact: true })).toBeVisible(),
  },
  { name: 'run-step', path: `/runs/${weather}?tab=steps&step=check`, isThere: text('check') },
  {
    name: 'run-approval',
    path: `/runs/${approval}`,
    isThere: (window) => expect(window.getByRole('button', { name: 'Answer' }).first()).toBeVisible(),
  },
  { name: 'run-failed', path: `/runs/${failed}`, isThere: text('1 failed') },
  {
    name: 'run-compare',
    path: `/runs/${weather}?tab=compare`,
    isThere: (window) => expect(window.getByRole('tab', { name: 'Compare', selected: true })).toBeVisible(),
  },
  { name: 'doctor', path: '/doctor', isThere: text('Free disk space') },
  { name: 'settings', path: '/settings', isThere: text('Data folder') },
]

/** Takes a picture for people to look at. */
export async function picture(window: Page, name: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true })
  await window.screenshot({ path: join(PICTURES, `${name}.png`), animations: 'disabled' })
}
