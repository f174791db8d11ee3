import { existsSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { asset, gather, group, input, log, metric, progress, task, workflow } from 'weir-sdk'

/** A day in the field: calls that screens show while they are made. */

/** How the instrument is set. */
interface Settings {
  name: string
  exposure: number
  bands: string[]
}

const LOOK_MS = 20

/** Waits until a file is there, so that a test decides when it goes on. */
async function gate(name: string): Promise<void> {
  while (!existsSync(`${process.env['MARKS'] ?? '.'}/${name}`)) await delay(LOOK_MS)
}

/** Counts one sample. */
export const sample = task({ isolation: 'shared' }, (x: number) => x * x)

/** Measures a band, and keeps what it saw. */
export const measure = task(async (band: string, exposure: number) => {
  log.info('the shutter is open', { band })
  for (let at = 0; at < 5; at += 1) metric('intensity', (at - 2) ** 2 * exposure, at)
  writeFileSync('frame.csv', 'x,y\n1,2\n')
  return { band, raw: { frames: [await asset('frame.csv', { name: `frame-${band}` })] } }
})

/** Stays at a quarter until it is let go. */
export const slow = task(async (name: string) => {
  progress(1, 4, 'cools down')
  await gate(name)
  return name
})

/** Fails for a reason. */
export const broken = task((x: number): number => {
  throw new RangeError(`sample ${x} is out of range`)
})

export const series = workflow(async (settings: Settings, samples: number[] = [1, 2]) => {
  const bands = await group('bands', () =>
    gather(settings.bands.map((band) => measure.submit(band, settings.exposure))),
  )
  return { bands, squares: await gather(samples.map((x) => sample.submit(x))) }
})

/** Calls many, in two parts: the second comes when it is let go. */
export const survey = workflow(async (n: number) => {
  const many = (from: number) => gather(Array.from({ length: n }, (_, x) => sample.submit(from + x)))
  await group('morning', () => many(0))
  await gate('noon')
  await group('evening', () => many(n))
  return 2 * n
})

export const waits = workflow(async () => {
  const handles = ['first', 'second'].map((name) => slow.submit(name))
  return (await Promise.allSettled(handles.map((handle) => handle.result()))).map(({ status }) => status)
})

export const breaks = workflow(async () => broken(9))

export const asks = workflow(async () =>
  input<{ keep: boolean; note: string }>(
    'Is the series good enough?',
    {
      type: 'object',
      properties: { keep: { type: 'boolean' }, note: { type: 'string' } },
      required: ['keep'],
    },
    { key: 'keep' },
  ),
)

/** Needs what no worker offers. */
export const images = task({ requires: ['gpu'] }, (x: number) => x)
export const renders = workflow(async () => gather([1, 2, 3].map((x) => images.submit(x))))
