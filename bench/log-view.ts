import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from '@playwright/test'
import { goTo } from '../e2e/screens/go-to.ts'
import { urlOf } from '../src-shared/client/index.ts'
import { runRoutes } from '../src-shared/contract/index.ts'
import { type Frames, framesWhile, smoothness } from './desktop/frames.ts'
import { familyOf, memoryOf } from './desktop/processes.ts'
import { type Desk, type Opened, openDesk } from './desktop/windows.ts'
import { inTurn, type Measure, median, type Pair, timed } from './measure.ts'

const LINES = 1_000_000
const ROUNDS = 3
const SCROLL_MS = 4_000
const SETTLE_MS = 3_000
const LIMIT_MS = 120_000
const lineOf = (number: number): string => `line ${number} of a log that is read, shown and searched`
const DEFINITION = `name: talk
steps:
  say:
    run: seq -f '${lineOf(0).replace('0', '%.0f')}' 1 ${LINES}
`
/** Found once in ten lines, and once in a hundred */
const TEXT = '7 of a log'
const EXPRESSION = String.raw`line \d*77 of .* log`

/** The log view with 1,000,000 lines: until they are there, what they weigh, searching, scrolling. */
export async function logViewMeasures(): Promise<Measure[]> {
  const desk = await openDesk()
  try {
    const opened = await desk.openWeir()
    await desk.engine.publish(DEFINITION)
    const run = await desk.engine.startRun('talk')
    await desk.engine.runIs(run, 'succeeded')
    const before = await memoryAtRest(opened)
    const read = await inTurn(
      ROUNDS,
      () => openLog(opened.window, run),
      () => timed(() => drain(desk, run)),
    )
    const mb = (await memoryAtRest(opened)) - before
    const plain = Array.from({ length: LINES }, (_, index) => lineOf(index + 1)).join('\n')
    const text = await inTurn(
      ROUNDS,
      () => search(opened.window, TEXT),
      () => timed(() => countOf(plain, new RegExp(TEXT, 'gi'))),
    )
    await opened.window.getByRole('button', { name: 'Regular expression' }).click()
    const expression = await inTurn(
      ROUNDS,
      () => search(opened.window, EXPRESSION),
      () => timed(() => countOf(plain, new RegExp(EXPRESSION, 'gi'))),
    )
    await opened.window.getByRole('textbox', { name: 'Search this log' }).fill('')
    const scrolled = await framesWhile(opened.window, () => scroll(opened.window))
    await opened.close()
    const bare = await desk.openEmpty()
    const free = await framesWhile(bare.window, () => scroll(bare.window))
    await bare.close()
    return rowsOf({ read, mb, text, expression, textMb: plain.length / 1e6, smooth: [scrolled, free] })
  } finally {
    await desk.close()
  }
}

interface Seen {
  readonly read: Pair
  readonly mb: number
  readonly textMb: number
  readonly text: Pair
  readonly expression: Pair
  readonly smooth: readonly [Frames, Frames]
}

function rowsOf({ read, mb, textMb, text, expression, smooth: [scrolled, free] }: Seen): Measure[] {
  const what = `log of ${LINES} lines`
  const line = (name: string, took: Pair, bareIs: string, target: number): Measure => ({
    name: `${what}, ${name}`,
    unit: 'ms',
    weir: median(took.weir),
    bare: median(took.bare),
    bareIs,
    target,
    samples: took.weir.length,
  })
  return [
    line('until all are there', read, "the same answer read from the engine's socket", 5000),
    { ...line('memory in all processes', { weir: [mb], bare: [textMb] }, 'its text', 400), unit: 'MB' },
    line('text searched', text, 'the same search in one string', 1000),
    line('expression searched', expression, 'the same search in one string', 2000),
    ...smoothness(`${what}, scrolled`, scrolled, free, 'an empty Electron window'),
  ]
}

async function openLog(window: Page, run: string): Promise<number> {
  await goTo(window, '/')
  await window.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
  return timed(async () => {
    await goTo(window, `/runs/${run}?tab=logs`)
    await window.locator('[data-phase="complete"]').waitFor({ timeout: LIMIT_MS })
  })
}

/** From the last key until all lines were looked through. */
async function search(window: Page, text: string): Promise<number> {
  const field = window.getByRole('textbox', { name: 'Search this log' })
  const looks = window.getByLabel('Searching')
  await field.fill('')
  return timed(async () => {
    await field.fill(text)
    await looks.waitFor({ timeout: LIMIT_MS })
    await looks.waitFor({ state: 'detached', timeout: LIMIT_MS })
  })
}

function countOf(text: string, expression: RegExp): void {
  let found = 0
  while (expression.exec(text) !== null) found += 1
  if (found === 0) throw new Error(`${expression} was not found`)
}

async function drain(desk: Desk, run: string): Promise<void> {
  const path = urlOf(runRoutes.logs, { project: 'default', run }, {})
  await desk.read(path)
}

async function memoryAtRest({ app }: Opened): Promise<number> {
  await sleep(SETTLE_MS)
  return memoryOf(familyOf(app.process().pid ?? 0))
}

async function scroll({ mouse }: Page): Promise<void> {
  await mouse.move(700, 500)
  const end = performance.now() + SCROLL_MS
  for (let i = 0; performance.now() < end; i++) await mouse.wheel(0, Math.floor(i / TURN) % 2 === 0 ? -240 : 240)
}
/** Turns of the wheel in one direction */
const TURN = 60
