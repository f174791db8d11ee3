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

/** Millimetres of rain from which a day counts as wet in the run that came before */
const WETTER_DAY = 5

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
  const start = async (workflow: string, values: Record<string, AssetValue | number> = {}): Promise<string> =>
    (await engine.client().call(routes.runs.start, { params, body: { workflow, params: values } })).id
  const file: AssetValue = { kind: 'asset', name: 'csv', files: [csv] }
  // The one that the other is compared with.
  await engine.runIs(await start('seattle-weather', { csv: file, wetDay: WETTER_DAY }), 'succeeded')
  const weather = await start('seattle-weather', { csv: file })
  const failed = await start('broken-import')
  const approval = await start('flaky-approval')
  await engine.runIs(weather, 'succeeded')
  await engine.runIs(failed, 'failed')
  await engine.runIs(approval, 'waiting')
  await furnishWorkspaces(engine, failed)
  return { weather, approval, failed }
}

/** A small tree, and a run of which a step was run again in it. */
async function furnishWorkspaces(engine: EngineHands, failed: string): Promise<void> {
  const client = engine.client()
  await client.call(routes.workspaces.create, { params, body: { name: 'dev' } })
  await client.call(routes.workspaces.create, { params, body: { name: 'dev/ana', base: 'dev' } })
  await client.call(routes.workspaces.pause, { params: { ...params, workspace: 'dev/ana' } })
  await client.call(routes.runs.rerun, {
    params: { ...params, run: failed },
    body: { from: 'failed', workspace: 'dev' },
  })
  await engine.runIs(failed, 'failed')
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
/** The layout is there, its library works on no better one, and the view rests. */
const drawn = async (window: Page, name: string): Promise<void> => {
  await expect(window.locator('.react-flow__node', { hasText: name }).first()).toBeVisible()
  await expect(window.locator('section[aria-busy="true"], section[data-moving]')).toHaveCount(0)
}
/** A step at the beginning: of a picture that is larger than the screen only what is in sight is drawn. */
const node = (name: string) => (window: Page) => drawn(window, name)
const selected = (name: string) => async (window: Page) => {
  await drawn(window, name)
  await expect(window.locator('.react-flow__node.selected', { hasText: name })).toHaveCount(1)
}
/** The log was read to its end, and its lines are drawn. */
const logged = (line: string | RegExp) => async (window: Page) => {
  const log = window.getByRole('region', { name: /log$/i })
  await expect(log.getByText(line).first()).toBeVisible()
  await expect(log.getByRole('status').first()).toHaveText(/^\d+ lines? · /)
}
const LAST_LINE_OF_CHECK = /1461 days from 2012-01-01/
/** Beside the rest only where there is room for both. */
const beside = (isThere: (window: Page) => Promise<unknown>) => async (window: Page) => {
  const width = await window.evaluate(() => (globalThis as unknown as { innerWidth: number }).innerWidth)
  if (width > NARROW_PX) await isThere(window)
}
const NARROW_PX = 700
/** The page that the last step has written, in its frame. */
const reported = (window: Page) =>
  expect(window.frameLocator('iframe').first().getByRole('heading', { name: 'Seattle weather' })).toBeVisible()
/** The bars are painted. */
const plotted = (window: Page) => expect(window.getByTestId('timeline').locator('canvas').first()).toBeVisible()
const all =
  (...those: ((window: Page) => Promise<unknown>)[]) =>
  async (window: Page) => {
    for (const isThere of those) await isThere(window)
  }

/** Another screen may show the same words: this one is known by its heading. */
const titled = (heading: string, ...then: ((window: Page) => Promise<unknown>)[]) =>
  all((window) => expect(window.getByRole('heading', { level: 1, name: heading, exact: true })).toBeVisible(), ...then)
/** And a tab by being the one that is chosen. */
const tabbed = (name: string, ...then: ((window: Page) => Promise<unknown>)[]) =>
  all((window) => expect(window.getByRole('tab', { name, selected: true })).toBeVisible(), ...then)

export const stops = ({ weather, approval, failed }: Shown): readonly Stop[] => [
  { name: 'home', path: '/', isThere: titled('Home', text('flaky-approval'), text(/ % of \d+$/)) },
  { name: 'workflows', path: '/workflows', isThere: titled('Workflows', text('seattle-weather')) },
  { name: 'builder', path: '/workflows/seattle-weather', isThere: all(node('check'), beside(text('Valid'))) },
  { name: 'builder-step', path: '/workflows/seattle-weather?step=stats', isThere: selected('stats') },
  { name: 'builder-new', path: '/drafts/0b7a9a52-54a2-4d6c-9a0f-2f1d0f2b9a11', isThere: text('Add the first step') },
  { name: 'runs', path: '/runs', isThere: titled('Runs', text(failed)) },
  { name: 'run-graph', path: `/runs/${weather}`, isThere: all(node('check'), beside(reported)) },
  { name: 'run-timeline', path: `/runs/${weather}?tab=timeline`, isThere: tabbed('Timeline', text('trend'), plotted) },
  { name: 'run-steps', path: `/runs/${weather}?tab=steps`, isThere: tabbed('Steps', text('trend')) },
  {
    name: 'run-assets',
    path: `/runs/${weather}?tab=assets`,
    isThere: tabbed('Assets', text('report.html'), beside(text('2012-01-01'))),
  },
  { name: 'run-logs', path: `/runs/${weather}?tab=logs`, isThere: tabbed('Logs', logged(LAST_LINE_OF_CHECK)) },
  { name: 'run-step', path: `/runs/${weather}?tab=steps&step=check`, isThere: logged(LAST_LINE_OF_CHECK) },
  {
    name: 'run-approval',
    path: `/runs/${approval}`,
    isThere: all(node('measure'), (window) =>
      expect(window.getByRole('button', { name: 'Answer' }).first()).toBeVisible(),
    ),
  },
  { name: 'run-failed', path: `/runs/${failed}`, isThere: all(node('fetch'), text('1 failed')) },
  {
    name: 'run-compare',
    path: `/runs/${weather}?tab=compare`,
    isThere: tabbed('Compare', text('Compare with'), text('Parameters')),
  },
  { name: 'projects', path: '/projects', isThere: titled('Projects', text('shown here')) },
  { name: 'workspaces', path: '/workspaces', isThere: titled('Workspaces', text('shown here'), text('dev/ana')) },
  { name: 'run-workspaces', path: `/runs/${failed}?tab=steps&step=read`, isThere: text('Attempts by workspace') },
  { name: 'doctor', path: '/doctor', isThere: titled('Doctor', text('Free disk space')) },
  { name: 'settings', path: '/settings', isThere: titled('Settings', text('Data folder'), text('Runs to keep')) },
]

/** Takes a picture for people to look at. */
export async function picture(window: Page, name: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true })
  await window.screenshot({ path: join(PICTURES, `${name}.png`), animations: 'disabled' })
}
