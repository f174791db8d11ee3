import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Run, RunStep } from '../../../src-shared/contract/index.ts'
import type { Calls } from '../orchestrator/index.ts'
import { ANA, type Engine, ended, TestProject, until } from '../orchestrator/testing/project.ts'
import { type Changes, createViews, type ViewedProject, type Views } from './views.ts'

let project: TestProject
let engine: Engine
/** Moments of the clock by which the orchestrator is asked anew; advanced by tests */
let moment: number
/** Questions to the orchestrator, with the units that they named */
let questions: (readonly string[])[]
let bodiesRead: number

beforeEach(async () => {
  project = await TestProject.create()
  engine = await project.boot()
  moment = 0
  questions = []
  bodiesRead = 0
})
afterEach(() => project.dispose())

const ASK_AGAIN_MS = 10_000

/** What the engine's main thread has: a reader of its own, and the orchestrator behind calls. */
function viewsOf({ calls, storage, blobs }: Engine): Views {
  const call = async (method: keyof Calls, ...args: readonly unknown[]): Promise<unknown> => {
    if (method === 'live') questions.push(args[1] as readonly string[])
    return (calls[method] as (...given: readonly unknown[]) => unknown)(...args)
  }
  const read: typeof blobs.read = (...args) => {
    bodiesRead += 1
    return blobs.read(...args)
  }
  return createViews(
    {
      name: 'default',
      blobs: Object.assign(Object.create(blobs) as typeof blobs, { read }),
      reader: async () => storage,
      thread: { state: 'running', call: call as ViewedProject['thread']['call'] },
    },
    () => moment,
  )
}

/** A screen: keeps the steps that it was told about, as the contract says. */
class Screen {
  readonly steps = new Map<string, RunStep>()
  cursor = 0
  run: Run | null = null
  private readonly views: Views
  private readonly id: string

  constructor(views: Views, id: string) {
    this.views = views
    this.id = id
  }

  async refresh(): Promise<Changes> {
    const answer = await this.views.changes(this.id, this.cursor)
    if (answer.whole) this.steps.clear()
    for (const step of answer.run.steps) this.steps.set(step.key, step)
    this.cursor = answer.cursor
    this.run = answer.run
    return answer
  }

  shown(): Record<string, RunStep> {
    return Object.fromEntries([...this.steps].sort(([a], [b]) => (a < b ? -1 : 1)))
  }
}

const start = async (workflow: string, params = {}): Promise<string> =>
  (await engine.calls.start({ workflow, params, workspace: 'main' }, ANA)).run

const hold = (...keys: string[]): void => {
  project.machine.work = (job) =>
    keys.includes(job.step) ? null : { status: 'succeeded', outputs: { text: `${job.index ?? job.step} `.repeat(200) } }
}

const FAN = `name: fan
params:
  count: { type: array, items: { type: integer } }
steps:
  f:
    forEach: '${'${{ params.count }}'}'
    run: one
    outputs: { text: { json: text.json } }
  z: { needs: [f], run: join }
`
const items = (count: number) => ({ count: Array.from({ length: count }, (_, n) => n) })

describe('the changes of a run', () => {
  test('are the whole at first, then only what changed since', async () => {
    hold('f')
    await project.save(engine, FAN)
    const id = await start('fan', items(50))
    await until('all items to run', () => project.machine.held().length === 50)
    const screen = new Screen(viewsOf(engine), id)
    await until('all to be shown running', async () => (await screen.refresh()) && running(screen) === 50)
    expect(screen.cursor).toBe(await engine.storage.lastCursor())
    expect(await screen.refresh()).toMatchObject({ whole: false, cursor: screen.cursor, run: { steps: [] } })

    project.machine.finish('f[7]', { status: 'succeeded', outputs: { text: 'x'.repeat(300) } })
    const seen: Changes[] = []
    await until('the end of an item', async () => {
      seen.push(await screen.refresh())
      return screen.steps.get('f[7]')?.status === 'succeeded'
    })
    expect(new Set(seen.flatMap((answer) => answer.run.steps.map((step) => step.key)))).toEqual(new Set(['f[7]', 'f']))
    expect(screen.steps.get('f[7]')?.outputs).toEqual({ text: 'x'.repeat(300) })
    expect(screen.steps.get('f')?.fanOut).toMatchObject({ total: 50, done: 1 })
    expect(screen.run?.counts).toMatchObject({ total: 2, done: 0, items: { total: 50, done: 1 } })
  })

  test('tell what waits for the result of another run from what is queued', async () => {
    hold('f')
    await project.save(engine, 'name: same\nsteps:\n  f: { run: one, cache: true }\n')
    const first = await start('same')
    await until('the first to run', () => project.machine.held().length === 1)
    const second = await start('same')
    const screen = new Screen(viewsOf(engine), second)
    await until('the second to wait', async () => {
      moment += ASK_AGAIN_MS
      await screen.refresh()
      return screen.steps.get('f')?.status === 'waiting'
    })
    expect(screen.steps.get('f')?.why).toBe(`waits for ${first}:f:1, which computes the same result`)
    expect((await viewsOf(engine).view(second)).steps[0]).toMatchObject({ status: 'waiting' })
    project.machine.finish('f', { status: 'succeeded', outputs: {} })
    await until('its result', async () => (await screen.refresh()) && screen.steps.get('f')?.status === 'cached')
  })

  test('load the values of what changed, and of nothing else', async () => {
    hold('z')
    await project.save(engine, FAN)
    const id = await start('fan', items(40))
    await until('the last step to run', () => project.machine.held().includes('z'))
    // Read from the disk like a main thread does, which has not made them.
    const screen = new Screen(viewsOf(engine), id)
    await screen.refresh()
    expect(bodiesRead).toBeGreaterThanOrEqual(40)
    const before = bodiesRead
    project.machine.finish('z')
    expect(await ended(engine, id)).toBe('succeeded')
    const answer = await screen.refresh()
    expect(answer.run).toMatchObject({ status: 'succeeded', steps: [{ key: 'z', status: 'succeeded' }] })
    expect(bodiesRead).toBe(before)
  })

  test('add up to what the run looks like, however often one looks', async () => {
    await project.save(engine, FAN)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(30), { minLength: 1, maxLength: 12 }), async (order) => {
        hold('f')
        const id = await start('fan', items(12))
        await until('all items to run', () => project.machine.held().length === 12)
        const views = viewsOf(engine)
        const [eager, lazy] = [new Screen(views, id), new Screen(views, id)]
        await lazy.refresh()
        for (const [n, pick] of order.entries()) {
          const held = project.machine.held()
          const key = held[pick % Math.max(1, held.length)]
          if (key !== undefined)
            project.machine.finish(key, { status: 'succeeded', outputs: { text: 'y'.repeat(250 + n) } })
          if (pick % 3 === 0) await eager.refresh()
        }
        hold()
        for (const key of project.machine.held()) project.machine.finish(key)
        expect(await ended(engine, id)).toBe('succeeded')
        const whole = await views.view(id)
        const expected = Object.fromEntries(whole.steps.map((step) => [step.key, step]))
        for (const screen of [eager, lazy]) {
          await screen.refresh()
          expect(screen.shown()).toEqual(expected)
          expect({ ...screen.run, steps: [] }).toEqual({ ...whole, steps: [] })
        }
      }),
      { numRuns: 8 },
    )
  })

  test('are the whole for a cursor that is unknown, and when units may have gone', async () => {
    hold()
    await project.save(engine, FAN)
    const id = await start('fan', items(3))
    await ended(engine, id)
    const views = viewsOf(engine)
    const screen = new Screen(views, id)
    await screen.refresh()
    expect([...screen.steps.keys()]).toEqual(['f', 'f[0]', 'f[1]', 'f[2]', 'z'])
    expect(await views.changes(id, screen.cursor + 5)).toMatchObject({ whole: true, cursor: screen.cursor })
    await expect(views.changes('zzzzzzzz', 0)).rejects.toMatchObject({ code: 'run_not_found' })

    hold('f')
    await engine.calls.rerun(id, 'start', ANA)
    await until('the items to run again', () => project.machine.held().length === 3)
    const again = await screen.refresh()
    expect(again.whole).toBe(true)
    for (const n of [0, 1, 2]) project.machine.finish(`f[${n}]`)
    await ended(engine, id)
    await screen.refresh()
    expect(screen.shown()['f[0]']?.executions.map((execution) => execution.attempt)).toEqual([1, 2])
  })

  test('are refused when the run was deleted meanwhile', async () => {
    hold()
    await project.save(engine, FAN)
    const id = await start('fan', items(2))
    await ended(engine, id)
    await until('the run to leave memory', () => engine.orchestrator.state.runs.size === 0)
    const views = viewsOf(engine)
    const { cursor } = await views.changes(id, 0)
    await engine.storage.deleteRuns([id])
    await expect(views.changes(id, cursor)).rejects.toMatchObject({ code: 'run_not_found' })
  })
})

describe('what only the orchestrator knows', () => {
  const flow = (name: string, cpus: number): string =>
    `name: ${name}\nsteps:\n  ${name}: { run: x, resources: { cpus: ${cpus} } }\n`

  test('reaches every watcher, though it changes without an event of the run', async () => {
    hold('hog', 'big', 'small')
    for (const [name, cpus] of [
      ['hog', 900],
      ['big', 1_000],
      ['small', 50],
    ] as const) {
      await project.save(engine, flow(name, cpus))
    }
    await start('hog')
    await until('the hog to run', () => project.machine.held().includes('hog'))
    const id = await start('big')
    const views = viewsOf(engine)
    const [one, two] = [new Screen(views, id), new Screen(views, id)]
    await until('the big one to wait', async () => {
      moment += ASK_AGAIN_MS
      return (await one.refresh()) && /100 of 1000 are free/.test(one.steps.get('big')?.why ?? '')
    })
    await two.refresh()
    expect(two.steps.get('big')?.why).toBe(one.steps.get('big')?.why)

    await start('small')
    await until('the small one to run', () => project.machine.held().includes('small'))
    for (const screen of [one, two]) {
      moment += screen === one ? ASK_AGAIN_MS : 0
      await until('the new reason', async () => {
        await screen.refresh()
        return /; 50 of 1000 are free/.test(screen.steps.get('big')?.why ?? '')
      })
    }
  })

  test('is asked about seldom, and only about units that it can tell about', async () => {
    hold('f')
    await project.save(engine, FAN)
    const id = await start('fan', items(20))
    await until('all items to run', () => project.machine.held().length === 20)
    const screen = new Screen(viewsOf(engine), id)
    moment = ASK_AGAIN_MS
    await until('all to be shown running', async () => (await screen.refresh()) && running(screen) === 20)
    questions.length = 0
    for (let n = 0; n < 15; n++) {
      project.machine.finish(`f[${n}]`)
      await until('its end', async () => {
        await screen.refresh()
        return screen.steps.get(`f[${n}]`)?.status === 'succeeded'
      })
    }
    expect(questions).toEqual([])
    moment += ASK_AGAIN_MS
    await screen.refresh()
    expect(questions).toEqual([[]])
    expect(screen.steps.get('z')?.why).toBe('needs f first')
  })
})

/** Items whose executions were seen running. */
const running = ({ steps }: Screen): number =>
  [...steps.values()].filter((step) => step.executions.at(-1)?.status === 'running').length
