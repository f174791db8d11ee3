import { afterEach, beforeEach, expect, test } from 'vitest'
import { Bench } from './testing/bench.ts'
import type { TestWorker } from './testing/client.ts'

let bench: Bench
let worker: TestWorker
let name: string
beforeEach(async () => {
  bench = new Bench()
  const welcomed = await bench.welcomed()
  worker = welcomed.worker
  name = welcomed.name
  for (const token of ['bad', 'good']) {
    bench.hub.start(bench.job(token, name))
    await worker.next('execute')
    worker.say({ type: 'started', token, pid: 7 })
  }
})
afterEach(() => bench[Symbol.asyncDispose]())

/** The session lives, and what else it runs comes to its end. */
function othersGoOn(): void {
  worker.say({ type: 'result', token: 'good', value: 1 })
  expect(worker.closed).toBeNull()
  expect(bench.about('good')).toEqual(['started', 'finished succeeded'])
}

const call = { target: 'digits/train', args: [1] }

test.each([
  [
    { type: 'submit', calls: [{ ...call, options: { requires: ['a'.repeat(101)] } }] },
    /calls\.0\.options\.requires\.0/,
  ],
  [{ type: 'submit', calls: [call, { ...call, options: { retries: { limit: 1e20 } } }] }, /calls\.1\.options\.retries/],
  [{ type: 'submit', calls: [{ ...call, target: 'a b/c' }] }, /calls\.0\.target: .*such as digits\/train/],
  [{ type: 'submit', calls: [{ input: 'Q', schema: {}, key: 'k'.repeat(201) }] }, /calls\.0\.key.*200/],
  [{ type: 'submit', calls: [{ workflow: 'w'.repeat(64), params: {} }] }, /calls\.0\.workflow.*63/],
  [{ type: 'secret', name: 's'.repeat(101) }, /name.*100/],
  [{ type: 'select', steps: 7, mode: 'any' }, /steps/],
  [{ type: 'cancel', steps: ['?'] }, /steps\.0/],
])('a request that is malformed is refused with the place, and nobody else suffers: %j', async (message, words) => {
  worker.say({ ...message, token: 'bad', id: 5 })
  const { id, problem } = await worker.next('refused')
  expect(id).toBe(5)
  expect(problem).toMatchObject({ code: 'request_malformed', message: expect.stringMatching(words) })
  expect(bench.about('bad')).toEqual(['started'])
  othersGoOn()
})

test.each([
  [{ type: 'result' }, /"result" is malformed at value/],
  [{ type: 'error', error: { type: 'E'.repeat(301), message: '' } }, /error\.type/],
  [{ type: 'suspend', steps: ['a[0]'], delayMs: 1e20 }, /delayMs/],
  [{ type: 'aborted', why: 'x' }, /"aborted".*why/],
])('an ending that is malformed is a failure with words: %j', async (message, words) => {
  worker.say({ ...message, token: 'bad' })
  expect(bench.find('finished')).toMatchObject([
    { token: 'bad', outcome: { status: 'failed', error: { message: expect.stringMatching(words) } } },
  ])
  bench.release('bad')
  expect(await worker.next('recorded')).toEqual({ type: 'recorded', tokens: ['bad'] })
  worker.say({ ...message, token: 'bad' })
  expect(await worker.next('recorded')).toEqual({ type: 'recorded', tokens: ['bad'] })
  othersGoOn()
})

test.each([
  { type: 'log', lines: [['now', 'stdout', 'x', null]] },
  { type: 'metric', values: [[1, 'm'.repeat(201), 1, null]] },
  { type: 'started', pid: 'seven' },
  { type: 'submit', id: 'one', calls: [] },
])('what nobody could answer ends its execution: %j', async (message) => {
  worker.say({ ...message, token: 'bad' })
  expect(await worker.next('abort')).toEqual({ type: 'abort', token: 'bad', reason: 'stale' })
  expect(bench.about('bad')).toEqual(['started', 'finished failed'])
  othersGoOn()
})

test('an asset and progress that are malformed are refused, and the execution goes on', async () => {
  worker.say({ type: 'asset', token: 'bad', assets: [{ name: 'n'.repeat(201), value: 1 }] })
  expect((await worker.next('refused')).problem.message).toMatch(/assets\.0\.name/)
  worker.say({ type: 'progress', token: 'bad', done: 'half', total: null, text: null })
  expect((await worker.next('refused')).problem.message).toMatch(/done/)
  expect(bench.about('bad')).toEqual(['started'])
  othersGoOn()
})

test('what is nested too deeply for the schema is refused', async () => {
  const depth = 200_000
  const calls = `{"target":"digits/train","args":[${'['.repeat(depth)}${']'.repeat(depth)}]}`
  worker.sayText(`[{"type":"submit","id":1,"token":"bad","calls":[${calls}]}]`)
  expect(await worker.next('refused')).toMatchObject({ id: 1 })
  othersGoOn()
})

test('a declaration that is malformed is refused', async () => {
  worker.say({ type: 'declare', id: 9, manifests: [{ module: 'a b' }] })
  expect(await worker.next('refused')).toMatchObject({
    id: 9,
    problem: { message: expect.stringMatching(/manifests/) },
  })
  othersGoOn()
})

test.each(['stranger', '__proto__', 'constructor'])(
  'of an execution that is not its own it ends the session: %s',
  async (token) => {
    worker.sayText(`[{"type":"submit","id":1,"token":"${token}","calls":7}]`)
    expect(await worker.closing()).toMatchObject({ code: 4400 })
    const { worker: other } = await bench.welcomed()
    other.sayText(`[{"type":"started","token":"${token}"}]`)
    expect(await other.closing()).toMatchObject({ code: 4403 })
  },
)
