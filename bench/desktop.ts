import { setTimeout as sleep } from 'node:timers/promises'
import { routes } from '../src-shared/contract/index.ts'
import { cpuMsOf, familyOf, memoryOf } from './desktop/processes.ts'
import { type Desk, type Opened, openDesk } from './desktop/windows.ts'
import { inTurn, type Measure, median, timed } from './measure.ts'

/** Starts of each that are measured, after one that warms up. */
const ROUNDS = 5
/** Until what a start leaves to do is over. */
const SETTLE_MS = 15_000
const IDLE_MS = 10_000
const CALLS = 300

/** Click to usable window, and what an idle desktop costs, each against an empty Electron window in the same run. */
export async function desktopMeasures(): Promise<Measure[]> {
  const desk = await openDesk()
  try {
    const first = await inTurn(
      ROUNDS,
      async () => {
        const took = await opening(desk.openWeir)
        await desk.engine.stop() // the next one starts its engine again
        return took
      },
      () => opening(desk.openEmpty),
    )
    const again = await inTurn(
      ROUNDS,
      () => opening(desk.openWeir),
      () => opening(desk.openEmpty),
    )
    return [
      line('desktop, click to usable window, starts the engine', 'ms', first.weir, first.bare, 1500),
      line('desktop, click to usable window, engine runs', 'ms', again.weir, again.bare, 1500),
      ...(await callMeasures(desk)),
      ...(await idleMeasures(desk)),
    ]
  } finally {
    await desk.close()
  }
}

const EMPTY = 'an empty Electron window'
const line = (
  name: string,
  unit: Measure['unit'],
  weir: readonly number[],
  bare: readonly number[],
  target: number | null,
): Measure => ({ name, unit, weir: median(weir), bare: median(bare), bareIs: EMPTY, target, samples: weir.length })

async function opening(open: () => Promise<Opened>): Promise<number> {
  const opened = await open()
  await opened.close()
  return opened.tookMs
}

/** What a call of the screens costs more than one over the engine's socket. */
async function callMeasures(desk: Desk): Promise<Measure[]> {
  const { window, close } = await desk.openWeir()
  const client = desk.engine.client()
  const direct: number[] = []
  for (let i = 0; i < CALLS; i++) direct.push(await timed(() => client.call(routes.engine.version, {})))
  const carried = await window.evaluate(async (calls) => {
    const took: number[] = []
    for (let i = 0; i < calls; i++) {
      const start = performance.now()
      await (await fetch('/api/v1/version')).text()
      took.push(performance.now() - start)
    }
    return took
  }, CALLS)
  await close()
  return [
    {
      ...line('desktop, a call of a screen', 'ms', carried, direct, null),
      bareIs: "the same call over the engine's socket",
    },
  ]
}

async function idleMeasures(desk: Desk): Promise<Measure[]> {
  const weir = await idle(desk.openWeir)
  const bare = await idle(desk.openEmpty)
  return [
    { ...line('desktop, idle CPU of all its processes', '%', [weir.percent], [bare.percent], 1), samples: 1 },
    { ...line('desktop, idle memory of all its processes', 'MB', [weir.mb], [bare.mb], null), samples: 1 },
  ]
}

async function idle(open: () => Promise<Opened>): Promise<{ percent: number; mb: number }> {
  const { app, close } = await open()
  await sleep(SETTLE_MS)
  const family = familyOf(app.process().pid ?? 0)
  const before = cpuMsOf(family)
  await sleep(IDLE_MS)
  const percent = ((cpuMsOf(family) - before) / IDLE_MS) * 100
  const mb = memoryOf(family)
  await close()
  return { percent, mb }
}
