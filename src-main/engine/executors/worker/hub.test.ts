import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ProblemError } from '../../../../src-shared/contract/index.ts'
import { readLog } from '../logs.ts'
import { readStat } from '../process/identity.ts'
import { ownSpace } from './sight.ts'
import { Bench } from './testing/bench.ts'
import { manifest, TestWorker } from './testing/client.ts'

let bench: Bench
beforeEach(() => {
  bench = new Bench()
})
afterEach(() => bench[Symbol.asyncDispose]())

/** A worker that runs an execution named `t1`. */
async function running(token = 't1'): Promise<{ worker: TestWorker; name: string }> {
  const { worker, name } = await bench.welcomed()
  bench.hub.start(bench.job(token, name))
  await worker.next('execute')
  worker.say({ type: 'started', token, pid: 7 })
  return { worker, name }
}

describe('hello', () => {
  test('is answered with the versions of modules, and the orchestrator learns what the worker offers', async () => {
    const worker = bench.connect(new TestWorker({ tags: ['gpu'], pool: 'fits' }))
    const welcome = await worker.greet({ manifests: [manifest('digits'), manifest('mice')] })
    expect(welcome).toMatchObject({ protocol: 1, project: 'default', versions: { digits: 1, mice: 1 }, abort: [] })
    expect(welcome.worker).toMatch(/^w-[0-9a-f]{16}$/)
    expect(JSON.stringify(welcome)).not.toContain(worker.session)
    expect(bench.find('worker')).toEqual([
      {
        type: 'worker',
        worker: welcome.worker,
        offer: {
          name: 'tester',
          host: 'here',
          pid: 4711,
          sdk: 'test 0.1.0',
          runtime: 'none 1',
          workspace: 'main-id',
          pool: 'fits',
          tags: ['gpu'],
          hosts: { digits: 1, mice: 1 },
          earlier: {},
          concurrency: 4,
          shared: 0,
          draining: false,
          connected: true,
        },
      },
    ])
  })

  test.each([
    ['another version of the protocol', { protocol: 2 }, 4426, /speaks version 1/],
    ['an unknown workspace', { workspace: 'nowhere' }, 4404, /no workspace nowhere/],
    ['a field that is missing', { tags: undefined }, 4400, /hello.*tags/],
    ['a secret that is none', { session: 'abc' }, 4400, /session/],
  ])('with %s is refused', async (_what, over, code, reason) => {
    const worker = bench.connect(new TestWorker())
    worker.say({ ...worker.hello(), ...over })
    expect(await worker.closing()).toEqual({ code, reason: expect.stringMatching(reason) })
    expect(bench.find('worker')).toEqual([])
  })

  test('with a manifest that is not the registered one is refused with 4409', async () => {
    bench.calls.declaring = async () => {
      throw new ProblemError('workflow_conflict', 'digits was changed since it was released', { fix: 'release it' })
    }
    const worker = bench.connect(new TestWorker())
    worker.say(worker.hello({ register: 'never' }))
    expect(await worker.closing()).toEqual({
      code: 4409,
      reason: 'digits was changed since it was released: release it',
    })
  })

  test.each([
    ['something else first', [{ type: 'heartbeat', executions: [] }], /first message is "hello"/],
    ['no array', { type: 'heartbeat' }, /no JSON array/],
    ['no object', [7], /no object/],
    ['an unknown type', [{ type: 'greetings' }], /"greetings" is malformed/],
  ])('must come first and be well formed: %s', async (_what, frame, reason) => {
    const worker = bench.connect(new TestWorker())
    worker.sayText(JSON.stringify(frame))
    expect(await worker.closing()).toEqual({ code: 4400, reason: expect.stringMatching(reason) })
  })

  test('is said once, and no frame may be other than JSON', async () => {
    const { worker } = await bench.welcomed()
    worker.say(worker.hello())
    expect(await worker.closing()).toMatchObject({ code: 4400 })
    const other = (await bench.welcomed()).worker
    other.sayText('[{"type":"heartbeat"')
    expect(await other.closing()).toMatchObject({ code: 4400, reason: expect.stringContaining('no JSON') })
  })

  test('what comes in the same frame waits for the welcome', async () => {
    const worker = bench.connect(new TestWorker())
    worker.say(worker.hello(), { type: 'heartbeat', executions: [] }, { type: 'drain' })
    await worker.next('welcome')
    await worker.next('heartbeat')
    expect(bench.hub.workers()).toMatchObject([{ draining: true, connected: true }])
  })
})

describe('an execution', () => {
  test('is started, and its result reported once; recorded follows the commit', async () => {
    const { worker, name } = await bench.welcomed()
    bench.hub.start(bench.job('t1', name, { args: [{ $weir: 'date', value: '2026-11-21' }], resumed: true }))
    expect(await worker.next('execute')).toEqual({
      type: 'execute',
      token: 't1',
      execution: 'abcd2345:t1:1',
      run: 'abcd2345',
      workspace: 'main',
      target: 'digits/train',
      version: 1,
      args: [{ $weir: 'date', value: '2026-11-21' }],
      attempt: 1,
      isolation: 'process',
      resumed: true,
    })
    worker.say({ type: 'started', token: 't1', pid: 7 }, { type: 'started', token: 't1', pid: 7 })
    const usage = { cpuMs: 3, peakMemoryBytes: null }
    const result = { type: 'result', token: 't1', value: { score: 0.9 }, usage }
    worker.say(result, result)
    expect(bench.about('t1')).toEqual(['started', 'finished succeeded'])
    expect(bench.find('started')).toMatchObject([{ detail: 'worker tester on here, pid 7' }])
    expect(bench.find('finished')[0]?.outcome).toEqual({
      status: 'succeeded',
      outputs: { result: { score: 0.9 } },
      usage,
    })
    expect(worker.heard.some(({ type }) => type === 'recorded')).toBe(false)
    bench.release('t1')
    expect(await worker.next('recorded')).toEqual({ type: 'recorded', tokens: ['t1'] })
    worker.say(result)
    expect(await worker.next('recorded')).toEqual({ type: 'recorded', tokens: ['t1'] })
    expect(bench.about('t1')).toHaveLength(2)
  })

  test('keeps class, message and stack of an error, and what it says of retries', async () => {
    const { worker } = await running()
    const error = { type: 'digits.BadFold', message: 'fold 7 of 3', stack: 'at train', retry: false }
    worker.say({ type: 'error', token: 't1', error })
    expect(bench.find('finished')[0]?.outcome).toEqual({
      status: 'failed',
      kind: 'error',
      error: { code: 'error', type: 'digits.BadFold', message: 'fold 7 of 3', details: 'at train' },
      retry: false,
    })
  })

  test('says when its process ran out of memory', async () => {
    const { worker } = await running()
    worker.say({ type: 'error', token: 't1', kind: 'oom', error: { type: 'Killed', message: 'memory' } })
    expect(bench.find('finished')[0]?.outcome).toMatchObject({ kind: 'oom', error: { code: 'oom' } })
  })

  test('may be suspended', async () => {
    const { worker } = await running()
    worker.say({ type: 'suspend', token: 't1', steps: ['train[3]'], mode: 'any', delayMs: 50 })
    expect(bench.find('suspended')).toMatchObject([{ token: 't1', steps: ['train[3]'], mode: 'any', delayMs: 50 }])
  })

  test('that is killed before it was sent is cancelled at once; later its worker is asked', async () => {
    const { worker, name } = await bench.welcomed()
    bench.hub.start(bench.job('t1', name))
    await worker.next('execute')
    bench.hub.kill('t1', 1000)
    expect(await worker.next('abort')).toEqual({ type: 'abort', token: 't1', reason: 'cancel' })
    bench.hub.kill('t1', 1000)
    worker.say({ type: 'aborted', token: 't1' })
    expect(bench.about('t1')).toEqual(['finished cancelled'])
    worker.leave(1006)
    bench.hub.start(bench.job('t2', name))
    bench.hub.kill('t2', 1000, 'timeout')
    expect(bench.about('t2')).toEqual(['finished cancelled'])
    expect(worker.heard.filter(({ type }) => type === 'abort')).toHaveLength(1)
  })

  test('that succeeds although it was killed has succeeded; an error then is the end that was asked for', async () => {
    const { worker, name } = await running('t1')
    bench.hub.start(bench.job('t2', name))
    bench.hub.kill('t1', 1000)
    bench.hub.kill('t2', 1000)
    worker.say({ type: 'result', token: 't1', value: 1 })
    worker.say({ type: 'error', token: 't2', error: { type: 'KeyboardInterrupt', message: '' } })
    expect([bench.about('t1'), bench.about('t2')]).toEqual([['started', 'finished succeeded'], ['finished cancelled']])
  })

  test('that does not end although it was told to is given up', async () => {
    await bench[Symbol.asyncDispose]()
    bench = new Bench({ abortMarginMs: 5 })
    await running()
    bench.hub.kill('t1', 1)
    await bench.until('its end', () => bench.about('t1').includes('finished cancelled'))
  })

  test('of a worker that is not there is lost', () => {
    bench.hub.start(bench.job('t1', 'w-0000000000000000'))
    expect(bench.find('lost')).toMatchObject([{ token: 't1', reason: 'its worker left before it was told' }])
  })

  test('that two heartbeats in a row do not name is lost, and is not to go on', async () => {
    const { worker } = await running()
    worker.say({ type: 'heartbeat', executions: [] })
    await worker.next('heartbeat')
    worker.say({ type: 'heartbeat', executions: ['t1'] })
    worker.say({ type: 'heartbeat', executions: [] })
    expect(bench.about('t1')).toEqual(['started'])
    worker.say({ type: 'heartbeat', executions: [] })
    expect(bench.about('t1')).toEqual(['started', 'lost'])
    expect(await worker.next('abort')).toEqual({ type: 'abort', token: 't1', reason: 'stale' })
  })
})

describe('ownership', () => {
  test.each([
    [{ type: 'started', token: 't9' }],
    [{ type: 'log', token: 't9', lines: [] }],
    [{ type: 'submit', id: 1, token: 't9', calls: [] }],
    [{ type: 'secret', id: 1, token: 't9', name: 'key' }],
  ])('%j about a stranger ends the connection', async (message) => {
    const { worker } = await bench.welcomed()
    worker.say(message)
    expect(await worker.closing()).toEqual({ code: 4403, reason: expect.stringContaining('not your execution') })
  })

  test('an execution of another worker is a stranger; a late end is answered, and nothing comes of it', async () => {
    await running('t1')
    const { worker } = await bench.welcomed()
    worker.say({ type: 'result', token: 't1', value: 1 })
    expect(await worker.next('recorded')).toEqual({ type: 'recorded', tokens: ['t1'] })
    expect(bench.about('t1')).toEqual(['started'])
    worker.say({ type: 'progress', token: 't1', done: 1, total: null, text: null })
    expect(await worker.closing()).toMatchObject({ code: 4403 })
  })

  test('what is said late of an execution that has ended is no fault', async () => {
    const { worker } = await running()
    worker.say({ type: 'result', token: 't1', value: null })
    bench.release('t1')
    worker.say(
      { type: 'log', token: 't1', lines: [[1, 'stdout', 'late\n', null]] },
      { type: 'submit', id: 3, token: 't1', calls: [] },
    )
    expect(await worker.next('logged')).toEqual({ type: 'logged', token: 't1', bytes: 5 })
    expect(await worker.next('refused')).toMatchObject({ id: 3, problem: { code: 'execution_over' } })
    expect(worker.closed).toBeNull()
  })
})

describe('requests', () => {
  test('are answered by their numbers', async () => {
    const { worker } = await running()
    bench.calls.selecting = async () => ({
      steps: [{ step: 'train[0]', outcome: 'succeeded', value: 3 }],
      timedOut: false,
    })
    worker.say({ type: 'submit', id: 1, token: 't1', calls: [{ target: 'digits/train', args: [1] }] })
    expect(await worker.next('submitted')).toEqual({ type: 'submitted', id: 1, steps: ['train[0]'] })
    worker.say({ type: 'select', id: 2, token: 't1', steps: ['train[0]'], mode: 'all' })
    expect(await worker.next('selected')).toMatchObject({ id: 2, steps: [{ step: 'train[0]', value: 3 }] })
    worker.say({ type: 'cancel', id: 3, token: 't1', steps: ['train[0]'] })
    expect(await worker.next('cancelled')).toEqual({ type: 'cancelled', id: 3 })
    expect(bench.calls.cancelled).toEqual(['train[0]'])
    worker.say({ type: 'secret', id: 4, token: 't1', name: 'key' })
    expect(await worker.next('secret')).toEqual({ type: 'secret', id: 4, value: 's3cret' })
    worker.say({ type: 'secret', id: 5, token: 't1', name: 'other' })
    expect(await worker.next('refused')).toMatchObject({ id: 5, problem: { code: 'bad_request', fix: 'set it' } })
    expect(worker.closed).toBeNull()
  })

  test('that are open while the connection breaks are answered on the next one', async () => {
    const { worker } = await running()
    const answers: ((end: { steps: []; timedOut: boolean }) => void)[] = []
    bench.calls.selecting = () => new Promise((resolve) => answers.push(resolve))
    const select = { type: 'select', id: 2, token: 't1', steps: [], mode: 'all' }
    worker.say(select)
    worker.leave(1006)
    await bench.connect(worker).greet({ executions: ['t1'] })
    worker.say(select)
    answers[0]?.({ steps: [], timedOut: false })
    expect(await worker.next('selected')).toMatchObject({ id: 2 })
    expect(answers).toHaveLength(1)
  })

  test('that were answered while nobody was there are answered again', async () => {
    const { worker } = await running()
    worker.say({ type: 'submit', id: 1, token: 't1', calls: [{ target: 'digits/train', args: [1] }] })
    worker.leave(1006)
    await bench.until('the first', () => bench.calls.submitted.length === 1)
    await bench.connect(worker).greet({ executions: ['t1'] })
    worker.say({ type: 'submit', id: 1, token: 't1', calls: [{ target: 'digits/train', args: [1] }] })
    expect(await worker.next('submitted')).toMatchObject({ id: 1 })
  })

  test('assets and progress reach the orchestrator', async () => {
    const { worker } = await running()
    worker.say({ type: 'progress', token: 't1', done: 2, total: 8, text: 'fold 2' })
    expect(bench.find('progress')).toMatchObject([{ text: '2 of 8: fold 2' }])
    const { digest, size } = await bench.blobs.put(Buffer.from('{}'))
    const value = { kind: 'asset', name: 'model', files: [{ path: 'model.json', digest, size }] }
    worker.say({ type: 'asset', token: 't1', assets: [{ name: 'model', value }] })
    await bench.until('the asset', () => bench.calls.recordedAssets.length > 0)
    const missing = { ...value, files: [{ path: 'model.json', digest: 'f'.repeat(64), size: 1 }] }
    worker.say({ type: 'asset', token: 't1', assets: [{ name: 'model', value: missing }] })
    expect(await worker.next('refused')).toMatchObject({ problem: { code: 'blob_not_found' } })
    expect(bench.calls.recordedAssets).toHaveLength(1)
  })
})

describe('values', () => {
  const refused = async (value: unknown): Promise<string | undefined> => {
    const { worker } = await running()
    worker.say({ type: 'result', token: 't1', value })
    await bench.until('the end', () => bench.find('finished').length > 0)
    const { outcome } = bench.find('finished')[0] ?? {}
    expect(outcome?.status).toBe('failed')
    return outcome?.error?.code
  }

  test('a result that names a blob which nobody stored is refused', async () => {
    const value = { $weir: 'blob', digest: 'a'.repeat(64), size: 3 }
    expect(await refused([value])).toBe('blob_not_found')
  })

  test('a result over 64 MiB is refused in words', async () => {
    const { digest } = await bench.blobs.put(Buffer.from('[]'))
    const value = { $weir: 'stored', blob: digest, size: 65 * 1024 * 1024, blobs: [] }
    expect(await refused(value)).toBe('value_too_large')
    expect(bench.find('finished')[0]?.outcome.error?.fix).toContain('asset')
  })

  test('a result that is nested without end is refused', async () => {
    let value: unknown = 1
    for (let depth = 0; depth < 600; depth++) value = [value]
    expect(await refused(value)).toBe('value_invalid')
  })

  test('one that is encoded wrongly is refused', async () => {
    expect(await refused({ $weir: 'stored', blob: 'x', size: 1, blobs: [] })).toBe('value_invalid')
  })

  test('what is escaped is no reference', async () => {
    const { worker } = await running()
    const value = { $weir: 'escaped', value: { $weir: 'blob', digest: 'none' } }
    worker.say({ type: 'result', token: 't1', value })
    expect(bench.find('finished')[0]?.outcome.outputs).toEqual({ result: value })
  })

  test('an answer that is longer than a frame comes with its values stored', async () => {
    const { worker } = await running()
    const large = 'x'.repeat(1024 * 1024)
    bench.calls.selecting = async () => ({
      steps: Array.from({ length: 10 }, (_, index) => ({
        step: `train[${index}]`,
        outcome: 'succeeded' as const,
        value: index === 0 ? 'small' : large,
      })),
      timedOut: false,
    })
    worker.say({ type: 'select', id: 1, token: 't1', steps: [], mode: 'all' })
    const { steps } = await worker.next('selected')
    expect(steps[0]?.value).toBe('small')
    const stored = steps.find(({ value }) => typeof value === 'object')?.value
    expect(stored).toMatchObject({ $weir: 'stored', size: large.length + 2, blobs: [] })
    const digest = (stored as { blob: string }).blob
    expect(JSON.parse(Buffer.from(await bench.blobs.read(digest)).toString())).toBe(large)
  })
})

describe('logs and metrics', () => {
  test('are on disk before the end is reported, and acknowledged', async () => {
    const { worker } = await running()
    const at = Date.UTC(2026, 10, 21)
    worker.say({
      type: 'log',
      token: 't1',
      lines: [
        [at, 'stdout', 'fold 1\nfol', null],
        [at, 'stdout', 'd 2\n', null],
        [at + 1, 'stderr', 'careful\n', null],
        [at + 2, 'warning', 'loss grows\nagain', { epoch: 3, key: 's3cret' }],
        [at + 3, 'info', 'fine', null],
      ],
    })
    worker.say({ type: 'metric', token: 't1', values: [[at, 'loss', 0.5, 1]] })
    worker.say({ type: 'result', token: 't1', value: null })
    expect(bench.about('t1')).toEqual(['started'])
    expect(await worker.next('logged')).toEqual({ type: 'logged', token: 't1', bytes: 42 })
    await bench.until('the end', () => bench.about('t1').includes('finished succeeded'))
    const root = join(bench.root, 'runs', 't1')
    const lines = []
    for await (const line of readLog(root, { mask: ['s3cret'] })) lines.push(line)
    expect(lines).toEqual([
      { at, stream: 'stdout', text: 'fold 1' },
      { at, stream: 'stdout', text: 'fold 2' },
      { at: at + 1, stream: 'stderr', text: 'careful' },
      { at: at + 2, stream: 'log', text: 'loss grows\nagain', level: 'warning', fields: { epoch: 3, key: '***' } },
      { at: at + 3, stream: 'log', text: 'fine', level: 'info' },
    ])
    expect(readFileSync(join(root, 'metrics.jsonl'), 'utf8')).toBe(`[${at},"loss",0.5,1]\n`)
    const tail = []
    for await (const line of readLog(root, { tail: 1, stream: 'log' })) tail.push(line.text)
    expect(tail).toEqual(['fine'])
  })

  test('a structured line of any length is kept whole, in pieces', async () => {
    const { worker } = await running()
    const text = 'ä😀'.repeat(30_000)
    worker.say({ type: 'log', token: 't1', lines: [[5, 'error', text, { big: 'y'.repeat(9000) }]] })
    await worker.next('logged')
    const lines = []
    for await (const line of readLog(join(bench.root, 'runs', 't1'), {})) lines.push(line)
    expect(lines.map((line) => line.text).join('')).toBe(`${text} {"big":"${'y'.repeat(9000)}"}`)
    expect(lines.slice(0, -1).every(({ partial }) => partial === true)).toBe(true)
    expect(lines.at(-1)).not.toHaveProperty('partial')
  })

  test('frames count as taken only when what they log is written', async () => {
    const { worker } = await running()
    bench.taken.length = 0
    worker.say({ type: 'log', token: 't1', lines: [[5, 'stdout', 'a\n', null]] })
    expect(bench.taken).toEqual([])
    await worker.next('logged')
    await bench.until('room', () => bench.taken.length === 1)
  })
})

describe('coming back', () => {
  test('what never arrived is sent again, what runs goes on, what is gone is lost', async () => {
    const { worker, name } = await running('runs')
    bench.hub.start(bench.job('gone', name))
    await worker.next('execute')
    worker.say({ type: 'started', token: 'gone' })
    bench.hub.start(bench.job('unheard', name))
    await worker.next('execute')
    worker.leave(1006)
    expect(bench.find('worker').at(-1)?.offer).toMatchObject({ connected: false })
    bench.hub.start(bench.job('new', name))
    const welcome = await bench.connect(worker).greet({ executions: ['runs', 'never'] })
    expect(welcome.worker).toBe(name)
    expect(welcome.abort).toEqual(['never'])
    expect(bench.about('gone')).toEqual(['started', 'lost'])
    expect(bench.about('runs')).toEqual(['started'])
    expect([(await worker.next('execute')).token, (await worker.next('execute')).token].sort()).toEqual([
      'new',
      'unheard',
    ])
    expect(bench.find('worker').at(-1)?.offer).toMatchObject({ connected: true })
  })

  test('a start that was said to a broken connection is known from what the worker names', async () => {
    const { worker, name } = await bench.welcomed()
    bench.hub.start(bench.job('t1', name))
    await worker.next('execute')
    worker.leave(1006)
    await bench.connect(worker).greet({ executions: ['t1'] })
    expect(bench.about('t1')).toEqual(['started'])
  })

  test('an abort that was asked for meanwhile is said', async () => {
    const { worker } = await running()
    worker.leave(1006)
    bench.hub.kill('t1', 1000, 'timeout')
    await bench.connect(worker).greet({ executions: ['t1'] })
    expect(await worker.next('abort')).toEqual({ type: 'abort', token: 't1', reason: 'timeout' })
  })

  test('a second connection takes the session over', async () => {
    const { worker } = await running()
    const twin = new TestWorker({ session: worker.session })
    await bench.connect(twin).greet({ executions: ['t1'] })
    expect(await worker.closing()).toMatchObject({ code: 4409 })
    twin.say({ type: 'result', token: 't1', value: 1 })
    expect(bench.about('t1')).toEqual(['started', 'finished succeeded'])
    expect(bench.hub.workers()).toMatchObject([{ connected: true }])
  })

  describe('a worker on this machine', () => {
    const children: ChildProcess[] = []
    const spawned = (): ChildProcess & { pid: number } => {
      const child = spawn('sleep', ['1000'])
      children.push(child)
      return child as ChildProcess & { pid: number }
    }
    const identityOf = ({ pid }: { pid: number }, space = ownSpace() ?? '') => ({
      pid,
      process: { space, start: readStat(pid)?.start ?? '' },
    })
    /** It runs t1 in a process of its own, and loses its connection. */
    const lostOne = async (space?: string) => {
      const [program, executor] = [spawned(), spawned()]
      const { worker, name } = await bench.welcomed(new TestWorker(identityOf(program, space)))
      bench.hub.start(bench.job('t1', name))
      await worker.next('execute')
      worker.say({ type: 'started', token: 't1', pid: executor.pid })
      worker.leave(1006)
      return { worker, program, executor }
    }
    const ended = async (child: ChildProcess): Promise<void> => {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    }
    /** The hub has looked some times more. */
    const looked = async (): Promise<void> => {
      const until = performance.now() + 50
      await bench.until('some looks', () => performance.now() > until)
    }
    beforeEach((context) => {
      if (ownSpace() === null) context.skip('processes are seen on Linux')
    })
    afterEach(async () => {
      for (const child of children.splice(0)) await ended(child)
    })

    test('that has ended with all that it ran is not waited for', async () => {
      const { program, executor } = await lostOne()
      await ended(program)
      await looked()
      expect(bench.about('t1')).toEqual(['started'])
      await ended(executor)
      await bench.until('the loss', () => bench.about('t1').includes('lost'))
      expect(bench.find('worker').at(-1)?.offer).toBeNull()
    })

    test('that has only lost its connection is waited for, though what it ran has ended', async () => {
      const { worker, executor } = await lostOne()
      await ended(executor)
      await looked()
      expect(bench.about('t1')).toEqual(['started'])
      await bench.connect(worker).greet({ executions: ['t1'] })
      expect(bench.about('t1')).toEqual(['started'])
    })

    test('that is in another space of processes is waited for: its numbers say nothing here', async () => {
      const { program, executor } = await lostOne('another machine')
      await ended(program)
      await ended(executor)
      await looked()
      expect(bench.about('t1')).toEqual(['started'])
    })

    test('whose executor did not say which process it is is waited for as long as that may take to end', async () => {
      const program = spawned()
      const { worker, name } = await bench.welcomed(new TestWorker(identityOf(program)))
      bench.hub.start(bench.job('t1', name))
      await worker.next('execute')
      worker.leave(1006)
      await ended(program)
      await looked()
      expect(bench.about('t1')).toEqual([])
    })

    test('whose number was given to another process has ended', async () => {
      const other = spawned()
      const told = { pid: other.pid, process: { space: ownSpace() ?? '', start: '1' } }
      const { worker } = await bench.welcomed(new TestWorker(told))
      worker.leave(1006)
      await bench.until('the end of the session', () => bench.find('worker').at(-1)?.offer === null)
    })
  })

  test('who does not come back loses what it ran', async () => {
    await bench[Symbol.asyncDispose]()
    bench = new Bench({ reconnectMs: 20 })
    const { worker, name } = await running()
    worker.leave(1000)
    await bench.until('the loss', () => bench.about('t1').includes('lost'))
    expect(bench.find('lost')[0]?.reason).toBe('the worker tester is gone and did not come back')
    expect(bench.find('worker').at(-1)).toEqual({ type: 'worker', worker: name, offer: null })
    expect(bench.hub.workers()).toEqual([])
    bench.release('t1')
    const welcome = await bench.connect(worker).greet({ executions: ['t1'] })
    expect(welcome.abort).toEqual(['t1'])
  })

  test('who is away while the clock jumps has its time to come back all the same', async () => {
    await bench[Symbol.asyncDispose]()
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      bench = new Bench({ silenceMs: 30 })
      const { worker } = await running()
      worker.leave(1006)
      vi.setSystemTime(Date.now() + 2 * 3_600_000)
      // That another one is cut off shows that the hub has looked since.
      const { worker: silent } = await bench.welcomed()
      expect(await silent.closing()).toMatchObject({ code: 4408 })
      await bench.connect(worker).greet({ executions: ['t1'] })
      worker.say({ type: 'result', token: 't1', value: 1 })
      expect(bench.about('t1')).toEqual(['started', 'finished succeeded'])
    } finally {
      vi.useRealTimers()
    }
  })

  test('who leaves with nothing to do is gone at once', async () => {
    const { worker, name } = await bench.welcomed()
    worker.leave(1000)
    expect(bench.find('worker').at(-1)).toEqual({ type: 'worker', worker: name, offer: null })
  })

  test('who is silent is cut off', async () => {
    await bench[Symbol.asyncDispose]()
    bench = new Bench({ silenceMs: 20 })
    const { worker } = await bench.welcomed()
    expect(await worker.closing()).toMatchObject({ code: 4408 })
  })
})

describe('after a restart of the engine', () => {
  test('what the worker still holds is adopted, then ends; what it does not hold is lost', async () => {
    const { worker, name } = await running('t1')
    const jobs = [bench.job('t1', name), bench.job('t2', name)]
    bench.restart()
    bench.reports = []
    const greeting = bench.connect(worker).greet({ executions: ['t1'] })
    worker.say({ type: 'result', token: 't1', value: 5 })
    for (const job of jobs) bench.hub.adopt(job)
    expect((await greeting).abort).toEqual([])
    await bench.until('both ends', () => bench.about('t1').length === 2 && bench.about('t2').length === 1)
    expect([bench.about('t1'), bench.about('t2')]).toEqual([['adopted', 'finished succeeded'], ['lost']])
  })

  test('an execution that is handed back before the worker comes waits for it', async () => {
    const { worker, name } = await running('t1')
    bench.restart()
    bench.reports = []
    bench.hub.adopt(bench.job('t1', name))
    bench.hub.kill('t1', 1000)
    expect(bench.about('t1')).toEqual([])
    await bench.connect(worker).greet({ executions: ['t1'] })
    expect(await worker.next('abort')).toMatchObject({ token: 't1', reason: 'cancel' })
    worker.say({ type: 'aborted', token: 't1' })
    expect(bench.about('t1')).toEqual(['adopted', 'finished cancelled'])
  })

  test('one whose worker does not come is lost', async () => {
    await bench[Symbol.asyncDispose]()
    bench = new Bench({ reconnectMs: 20 })
    bench.hub.adopt(bench.job('t1', 'w-0123456789abcdef'))
    await bench.until('the loss', () => bench.about('t1').includes('lost'))
    expect(bench.hub.workers()).toEqual([])
  })

  test('an end that was committed, but not told, is told', async () => {
    const { worker } = await running('t1')
    worker.say({ type: 'result', token: 't1', value: 5 })
    bench.calls.owners.delete('t1')
    bench.restart()
    bench.reports = []
    expect((await bench.connect(worker).greet({ executions: ['t1'] })).abort).toEqual(['t1'])
    worker.say({ type: 'result', token: 't1', value: 5 })
    expect(await worker.next('recorded')).toEqual({ type: 'recorded', tokens: ['t1'] })
    expect(bench.about('t1')).toEqual([])
  })
})

describe('many', () => {
  test('orders of one turn share a frame, and wait while the worker does not read', async () => {
    const { worker, name } = await bench.welcomed()
    bench.holdsSent = true
    const args = ['x'.repeat(64 * 1024)]
    for (let index = 0; index < 200; index++) bench.hub.start(bench.job(`t${index}`, name, { args }))
    await worker.until('a window full', () => worker.heard.filter(({ type }) => type === 'execute').length >= 60)
    const first = worker.heard.filter(({ type }) => type === 'execute').length
    expect(first).toBeLessThan(70)
    bench.holdsSent = false
    bench.hub.hear({ type: 'worker.sent', connection: 1, chars: 100_000_000 })
    await worker.until('all', () => worker.heard.filter(({ type }) => type === 'execute').length === 200)
  })

  test('who leaves 64 MiB unread is cut off', async () => {
    const { worker } = await running()
    bench.holdsSent = true
    const steps = [{ step: 'train[0]', outcome: 'succeeded' as const, value: 'x'.repeat(1024 * 1024) }]
    bench.calls.selecting = async () => ({ steps, timedOut: false })
    for (let id = 0; id < 70; id++) worker.say({ type: 'select', id, token: 't1', steps: [], mode: 'all' })
    expect(await worker.closing()).toMatchObject({ code: 4408, reason: expect.stringContaining('does not read') })
  })

  test('drain and stop', async () => {
    const { worker, name } = await running('t1')
    bench.hub.drain(name)
    await worker.next('drain')
    expect(bench.find('worker').at(-1)?.offer).toMatchObject({ draining: true })
    bench.hub.stop(name)
    expect(await worker.next('abort')).toMatchObject({ token: 't1', reason: 'stale' })
    expect(bench.about('t1')).toEqual(['started', 'lost'])
    worker.leave(1000)
    expect(bench.find('worker').at(-1)?.offer).toBeNull()
    expect(() => bench.hub.drain(name)).toThrow(/there is no worker/)
  })

  test('a worker serves earlier versions until no run needs them, and is told then', async () => {
    const { worker } = await bench.welcomed()
    const offer = () => bench.find('worker').at(-1)?.offer
    bench.calls.needed.add('digits@1').add('digits@2')
    bench.calls.declaring = async () => ({ digits: 3 })
    const earlier = { digits: [1, 2, 3], mice: [5] }
    worker.say({ type: 'declare', id: 9, manifests: [manifest('digits')], earlier })
    expect(await worker.next('declared')).toMatchObject({ versions: { digits: 3 } })
    // What is not needed is let go, and what is the newest is none of the earlier ones.
    expect(await worker.next('retire')).toEqual({ type: 'retire', versions: { mice: [5] } })
    expect(offer()).toMatchObject({ hosts: { digits: 3 }, earlier: { digits: [1, 2] } })
    bench.calls.needed.delete('digits@1')
    expect(await worker.next('retire')).toEqual({ type: 'retire', versions: { digits: [1] } })
    expect(offer()).toMatchObject({ hosts: { digits: 3 }, earlier: { digits: [2] } })
    expect(bench.hub.workers()).toMatchObject([{ earlier: { digits: [2] } }])
  })

  test('a worker that comes back says again what it hosts besides, also to another engine', async () => {
    const { worker } = await bench.welcomed()
    bench.calls.needed.add('digits@4')
    bench.restart()
    bench.connect(worker)
    await worker.greet({ earlier: { digits: [4] } })
    expect(bench.find('worker').at(-1)?.offer).toMatchObject({ hosts: { digits: 1 }, earlier: { digits: [4] } })
    worker.say({ type: 'declare', id: 1, manifests: [manifest('digits')] })
    await worker.next('declared')
    expect(bench.find('worker').at(-1)?.offer).toMatchObject({ hosts: { digits: 1 }, earlier: {} })
  })

  test('a version is not let go in the moment in which it is replaced', async () => {
    bench = new Bench({ unneededMs: 60_000 })
    const { worker } = await bench.welcomed()
    worker.say({ type: 'declare', id: 9, manifests: [manifest('digits')], earlier: { digits: [7] } })
    await worker.next('declared')
    const { looks } = bench.calls
    await bench.until('some looks', () => bench.calls.looks > looks + 5)
    expect(worker.heard.map(({ type }) => type)).not.toContain('retire')
  })

  test('declare replaces what is hosted; modules with faults keep their version', async () => {
    const { worker } = await bench.welcomed()
    bench.calls.declaring = async () => ({ mice: 4 })
    const faults = [{ module: 'digits', message: 'SyntaxError: line 3' }]
    worker.say({ type: 'declare', id: 9, manifests: [manifest('mice')], faults })
    expect(await worker.next('declared')).toEqual({ type: 'declared', id: 9, versions: { mice: 4 } })
    expect(bench.find('worker').at(-1)?.offer).toMatchObject({ hosts: { digits: 1, mice: 4 } })
    expect(bench.hub.workers()).toMatchObject([{ faults }])
  })
})
