import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NO_PYTHON } from '../../scripts/python.mjs'
import { routes } from '../../src-shared/contract/index.ts'
import { type Bench, bench, type Lab } from './lab.ts'
import { isThere } from './languages.ts'
import { LANGUAGES, type WorkerProcess } from './worker-process.ts'

/** More than there is room for: memory, lines, results, steps. The nightly run makes them as large as they are in the worst case. */
const isNight = process.env['WEIR_KILLS'] !== undefined
const LINES = 1_000_000
const STREAM_MIB = isNight ? 1024 : 256
const VALUE_MIB = isNight ? 1024 : 80
/** What the engine, or a worker, may need beyond what it had, whatever the task does. */
const MORE_MIB = 220
/** Limit of a process of Node; those of Python set theirs themselves. */
const HEAP = { NODE_OPTIONS: '--max-old-space-size=256' }
const LONG_MS = 300_000

let place: Bench
beforeAll(async () => {
  place = await bench()
})
afterAll(() => place.remove())

/** Resident memory of a process in MiB, highest so far; null where the system does not say. */
async function peakMib(pid: number): Promise<number | null> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const found = /^VmHWM:\s+(\d+) kB$/m.exec(text)
  return found === null ? null : Number(found[1]) / 1024
}

describe.each(LANGUAGES)('%s', (language) => {
  const isMissing = !isThere(language)
  let lab: Lab
  let worker: WorkerProcess
  beforeAll(async () => {
    if (isMissing) return
    lab = await place.lab(language)
    worker = await lab.worker(['limits'], ['--register'], undefined, HEAP)
  })

  /** By how much the highest memory of engine and worker grows while something is done. */
  async function growth(act: () => Promise<void>): Promise<{ engine: number; worker: number }> {
    const { pid } = await place.engine.client.call(routes.engine.status, {})
    const before = [await peakMib(pid), await peakMib(worker.pid)] as const
    await act()
    const after = [await peakMib(pid), await peakMib(worker.pid)] as const
    const grown = { engine: (after[0] ?? 0) - (before[0] ?? 0), worker: (after[1] ?? 0) - (before[1] ?? 0) }
    return grown
  }

  test('a task that runs out of memory fails with words, goes again by its rule, and nothing else is touched', async (context) => {
    if (isMissing) context.skip(NO_PYTHON)
    const run = await lab.start('hungry', { mib: 4000, last: 1 })
    expect(await lab.value(run)).toBe(0)
    const { executions } = await lab.step(run, 'eats[0]')
    expect(executions.map(({ status, error }) => [status, error?.code])).toEqual([
      ['failed', 'oom'],
      ['succeeded', undefined],
    ])
    expect(executions[0]?.error?.message).toMatch(/memory/i)
    const { status, result } = await lab.ended(await lab.start('hungry', { mib: 4000, last: 9 }))
    expect(status).toBe('failed')
    expect(result?.error?.message).toMatch(/memory/i)
    expect(worker.isRunning).toBe(true)
    expect(await lab.result('goes_on')).toBe('fine')
  })

  test(
    `${LINES} lines of a task: all, in order, and nobody holds them in memory`,
    async (context) => {
      if (isMissing) context.skip(NO_PYTHON)
      let run = ''
      const grown = await growth(async () => {
        run = await lab.start('pour', { lines: LINES })
        while ((await lab.run(run)).status === 'running') await new Promise((resolve) => setTimeout(resolve, 500))
        expect(await lab.value(run)).toBe(LINES)
        let count = 0
        const call = { params: { project: lab.project, run }, query: {} }
        for await (const { text } of place.engine.client.lines(routes.runs.logs, call)) {
          if (text !== `line ${count}`) throw new Error(`line ${count} is ${JSON.stringify(text)}`)
          count += 1
        }
        expect(count).toBe(LINES)
      })
      expect(grown.engine).toBeLessThan(MORE_MIB)
      expect(grown.worker).toBeLessThan(MORE_MIB)
    },
    LONG_MS,
  )

  test(
    `a result of ${STREAM_MIB} MiB as a stream is kept, and nobody holds it in memory`,
    async (context) => {
      if (isMissing) context.skip(NO_PYTHON)
      const grown = await growth(async () => {
        const value = await lab.result('fill', { mib: STREAM_MIB })
        expect(value).toMatchObject({ $weir: 'blob', size: STREAM_MIB * 1024 * 1024 })
      })
      expect(grown.engine).toBeLessThan(MORE_MIB)
      expect(grown.worker).toBeLessThan(MORE_MIB)
    },
    LONG_MS,
  )

  test(
    `a result of ${VALUE_MIB} MiB as a value: bytes travel as a blob, a text is refused with the limit`,
    async (context) => {
      if (isMissing) context.skip(NO_PYTHON)
      const grown = await growth(async () => {
        expect(await lab.result('swell', { mib: VALUE_MIB })).toBe(VALUE_MIB * 1024 * 1024)
        const { status, result } = await lab.ended(await lab.start('overflow', { mib: Math.min(VALUE_MIB, 400) }))
        expect(status).toBe('failed')
        expect(result?.error?.message).toMatch(/64 MiB/)
      })
      expect(grown.engine).toBeLessThan(MORE_MIB)
      expect(await lab.result('goes_on')).toBe('fine')
    },
    LONG_MS,
  )
})

// Each keeps its process while it waits: a hundred of Python share most of their memory.
test('steps that wait for each other without end are refused with words', async (context) => {
  if (!isThere('python')) context.skip(NO_PYTHON)
  const lab = await place.lab('python', 'deep')
  await lab.worker(['limits'])
  const { status, result } = await lab.ended(await lab.start('deep'))
  expect(status).toBe('failed')
  expect(result?.error?.message).toMatch(/100/)
  expect(await lab.result('goes_on')).toBe('fine')
})
