import type { Page } from '@playwright/test'
import { goTo } from '../e2e/screens/go-to.ts'
import { routes } from '../src-shared/contract/index.ts'
import { type Frames, framesWhile, smoothness } from './desktop/frames.ts'
import { type Desk, openDesk } from './desktop/windows.ts'
import type { Measure } from './measure.ts'

const ITEMS = 10_000
/**
 * Items that are at work at once. They are pauses of the engine: processes would take the machine from the window that is
 * measured. 120 begin and 120 end each second.
 */
const AT_ONCE = 60
const ITEM_MS = 500
const WATCH_MS = 6_000
const PEER = 'an empty Electron window'

const DEFINITION = `name: crowd
steps:
  each:
    forEach: { items: '\${{ range(${ITEMS}) }}', maxParallel: ${AT_ONCE} }
    sleep: ${ITEM_MS}ms
`

const TABS = ['graph', 'timeline', 'steps'] as const

/** A run of 10,000 items that changes all the time: how smooth the window is that shows it. */
export async function runViewMeasures(): Promise<Measure[]> {
  const desk = await openDesk()
  try {
    const { window, close } = await desk.openWeir()
    await desk.engine.publish(DEFINITION)
    const run = await desk.engine.startRun('crowd')
    const watched: Measure[] = []
    const rates: number[] = []
    const shown: Record<string, Frames> = {}
    for (const tab of TABS) {
      await goTo(window, `/runs/${run}?tab=${tab}`)
      await window.getByRole('tab', { selected: true, name: new RegExp(tab, 'i') }).waitFor()
      const before = await endedOf(desk, run)
      const start = performance.now()
      shown[tab] = await framesWhile(window, () => wander(window))
      // Each item begins and ends: two changes.
      rates.push((2 * ((await endedOf(desk, run)) - before) * 1000) / (performance.now() - start))
    }
    await close()
    await desk.engine.client().call(routes.runs.cancel, { params: { project: 'default', run }, body: {} })
    await desk.engine.runIs(run, 'cancelled')
    const bare = await desk.openEmpty()
    const free = await framesWhile(bare.window, () => wander(bare.window))
    await bare.close()
    for (const tab of TABS) {
      const frames = shown[tab]
      if (frames !== undefined) watched.push(...smoothness(`run of ${ITEMS} items, ${tab} watched`, frames, free, PEER))
    }
    return [
      {
        name: `run of ${ITEMS} items, changes while it was watched`,
        unit: '/s',
        weir: Math.min(...rates),
        bare: null,
        bareIs: '',
        target: 200,
        samples: rates.length,
      },
      ...watched,
    ]
  } finally {
    await desk.close()
  }
}

async function endedOf(desk: Desk, run: string): Promise<number> {
  const { steps } = await desk.engine.run(run)
  const done = steps.find((step) => step.fanOut != null)?.fanOut?.done
  if (done === undefined) throw new Error('the run has no fan-out yet')
  return done
}

/** The pointer moves over the page, as that of somebody who watches. */
async function wander({ mouse }: Page): Promise<void> {
  const end = performance.now() + WATCH_MS
  for (let i = 0; performance.now() < end; i++) {
    await mouse.move(640 + 300 * Math.sin(i / 20), 500 + 150 * Math.cos(i / 31))
  }
}
