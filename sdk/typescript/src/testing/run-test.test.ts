import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest'
import {
  asset,
  blob,
  Cancelled,
  context,
  gather,
  group,
  type Handle,
  input,
  log,
  metric,
  runWorkflow,
  secret,
  select,
  suspend,
  suspense,
  target,
  task,
  workflow,
} from '../index.ts'
import { runTest } from './index.ts'

class BadFold extends Error {}

let attempts = 0
const square = task(async (x: number, plus = 0) => x * x + plus)
const flaky = task({ retries: 2 }, async (fails: number) => {
  attempts += 1
  if (attempts <= fails) throw new RangeError(`attempt ${attempts}`)
  return attempts
})
const picky = task({ retries: { limit: 5, when: (error) => !(error instanceof BadFold) } }, async () => {
  attempts += 1
  throw new BadFold('fold 3')
})
const once = task({ memo: true }, async (x: number) => ({ x }))
const never = task(async () => new Promise<number>(() => undefined))
const later = task(async (x: number) => {
  await new Promise((resolve) => setTimeout(resolve, 20))
  return x
})

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-sdk-files-'))
  writeFileSync(join(folder, 'model.txt'), 'weights')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('runTest', () => {
  test('runs calls as steps, with handles as arguments', async () => {
    const flow = workflow(async (n: number) => {
      const handles = Array.from({ length: n }, (_, x) => square.submit(x, 1))
      const nested = await square(handles[1] ?? 0)
      return { nested, all: await gather(handles), first: handles[0] }
    })
    const { result, steps } = await runTest(flow, [3])
    expect([result.nested, result.first]).toEqual([4, 1])
    expectTypeOf(result.first).toEqualTypeOf<number | undefined>()
    expect(result.all).toEqual([1, 2, 5])
    expectTypeOf(result.all).toEqualTypeOf<number[]>()
    expect(steps.map(({ step, status }) => [step, status])).toEqual([
      ['workflow[0]', 'succeeded'],
      ['task[0]', 'succeeded'],
      ['task[1]', 'succeeded'],
      ['task[2]', 'succeeded'],
      ['task[3]', 'succeeded'],
    ])
  })

  test('tries again as often as said, and not when the rule is against it', async () => {
    attempts = 0
    const { result, steps } = await runTest(flaky, [2])
    expect([result, steps[0]?.attempts]).toEqual([3, 3])
    attempts = 0
    await expect(runTest(flaky, [3])).rejects.toThrow(new RangeError('attempt 3'))
    attempts = 0
    await expect(runTest(picky, [])).rejects.toBeInstanceOf(BadFold)
    expect(attempts).toBe(1)
  })

  test('throws errors of steps as what they were, with the stack of the step as cause', async () => {
    attempts = -10
    const flow = workflow(async () => {
      const error = await flaky(100).catch((caught: unknown) => caught)
      return error instanceof RangeError && (error.cause as Error).stack?.includes('run-test.test.ts')
    })
    expect((await runTest(flow, [])).result).toBe(true)
    const passedOn = workflow(async () => square(flaky.submit(100)))
    await expect(runTest(passedOn, [])).rejects.toThrow(RangeError)
  })

  test('answers memoised calls with the same step', async () => {
    const { result, steps } = await runTest(
      workflow(async () => Promise.all([once(1), once(1), once(2)])),
      [],
    )
    expect(result).toEqual([{ x: 1 }, { x: 1 }, { x: 2 }])
    expect(steps.length).toBe(3)
  })

  test('selects, cancels what remains, and gives groups', async () => {
    const flow = workflow(async () => {
      const handles = group('race', () => [later.submit(1), never.submit()])
      const { done, pending, timedOut } = await select(handles, { cancelRemaining: true })
      const state = await pending[0]?.poll()
      const error = await pending[0]?.result().catch((caught: unknown) => caught)
      return [done.length, timedOut, state?.state, error instanceof Cancelled]
    })
    const { result, steps } = await runTest(flow, [])
    expect(result).toEqual([1, false, 'cancelled', true])
    expect(steps.map((step) => step.group)).toEqual([null, 'race', 'race'])
    const slow = workflow(async () => {
      const handle = never.submit()
      const { timedOut, pending } = await select([handle], { timeout: 10 })
      await handle.cancel()
      return [timedOut, pending.length]
    })
    expect((await runTest(slow, [])).result).toEqual([true, 1])
  })

  test('suspends: the function begins anew and finds its steps', async () => {
    const flow = workflow(async () => {
      const handle: Handle<number> = later.submit(7)
      if (!context().resumed) await suspend('10m')
      return suspense(() => handle.result())
    })
    const { result, steps } = await runTest(flow, [])
    expect(result).toBe(7)
    expect(steps.map(({ step }) => step)).toEqual(['workflow[0]', 'task[0]'])
    expect(steps[0]?.attempts).toBeGreaterThan(1)
  })

  test('repeats what recurs until it returns something', async () => {
    let looks = 0
    const sensor = task({ recurrent: '1h' }, async () => {
      looks += 1
      return looks < 3 ? null : looks
    })
    expect((await runTest(sensor, [])).result).toBe(3)
  })

  test('answers questions, secrets, other targets and workflows as it is told', async () => {
    const flow = workflow(async () => {
      const name = await input<string>('Name?', { type: 'string' })
      const again = await input<string>('Name?', { type: 'string' })
      const score = await target<(x: number) => number>('digits/train').with({ retries: 2 })(4)
      const outputs = await runWorkflow<{ total: number }>('weather', { year: 2015 }).result()
      return [name, again, await secret('token'), score, outputs.total]
    })
    const { result } = await runTest(flow, [], {
      inputs: ['Ada'],
      secrets: { token: 'hush' },
      targets: { 'digits/train': (x: number) => x * 10 },
      workflows: { weather: ({ year }: { year: number }) => ({ total: year + 1 }) },
    })
    expect(result).toEqual(['Ada', 'Ada', 'hush', 40, 2016])
    await expect(runTest(flow, [])).rejects.toThrow('Nobody answers "Name?"')
    await expect(runTest(flow, [], { inputs: ['Ada'] })).rejects.toThrow('does not know digits/train')
  })

  test('keeps assets, blobs, logs and metrics', async () => {
    const flow = workflow(async () => {
      log.info('fold', { fold: 3 })
      metric('loss', 0.5, 1)
      return [await asset(join(folder, 'model.txt'), { name: 'best' }), await blob('text')] as const
    })
    const { result, logs, metrics, assets } = await runTest(flow, [])
    const [made, text] = result
    expect(made.files).toMatchObject([{ path: 'model.txt', size: 7 }])
    const [path] = await made.restore(join(folder, 'out'))
    expect(await readFile(path ?? '', 'utf8')).toBe('weights')
    expect(await text.text()).toBe('text')
    expect(logs).toMatchObject([{ level: 'info', text: 'fold', fields: { fold: 3 } }])
    expect(metrics).toEqual([{ step: 'workflow[0]', name: 'loss', value: 0.5, x: 1 }])
    expect(assets).toStrictEqual([made])
  })

  test('values travel as they would: what cannot is refused, what is passed is a copy', async () => {
    const bad = workflow(async () => ({ scores: [1, () => 2] }))
    await expect(runTest(bad, [])).rejects.toThrow('result.scores[1] is a function')
    const list = [1]
    const keep = task(async (items: number[]) => items.push(2))
    expect((await runTest(keep, [list])).result).toBe(2)
    expect(list).toEqual([1])
  })

  test('a refused call that nobody waits for fails the workflow', async () => {
    const flow = workflow(async () => {
      target<() => number>('no/where').submit()
      return 1
    })
    await expect(runTest(flow, [])).rejects.toThrow('does not know no/where')
  })
})

test('types of targets are those of their functions', () => {
  const train = task({ retries: 1 }, async (x: number, folds = 3, ..._rest: string[]) => ({ x, folds }))
  expectTypeOf(train.fn).parameters.toEqualTypeOf<[x: number, folds?: number | undefined, ..._rest: string[]]>()
  expectTypeOf(train.submit).returns.toEqualTypeOf<Handle<{ x: number; folds: number }>>()
  expectTypeOf(train).parameter(0).toEqualTypeOf<number | Handle<number>>()
  // @ts-expect-error a text is no number
  expect(() => train.submit('1')).toThrow('only while a workflow or task runs')
})
