import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Bench } from './testing/bench.ts'
import { TestWorker } from './testing/client.ts'

/** What a worker, its connection and its engine may do, in any order. */
type Act = 'order' | 'start' | 'finish' | 'resend' | 'break' | 'return' | 'commit' | 'restart' | 'beat' | 'kill'
const acts = fc.array(
  fc.constantFrom<Act>(
    'order',
    'order',
    'start',
    'finish',
    'resend',
    'break',
    'return',
    'commit',
    'restart',
    'beat',
    'kill',
  ),
  { minLength: 5, maxLength: 60 },
)
const RUNS = 150

/** A worker as an SDK writes it: keeps what it runs and what was not recorded, whatever happens to the connection. */
class Model {
  readonly bench = new Bench()
  readonly worker = new TestWorker()
  name = ''
  isConnected = false
  /** Ordered by the orchestrator, and no end committed */
  readonly open = new Set<string>()
  /** Of those, which are to end: on disk as well, so that the next engine asks again */
  readonly killed = new Set<string>()
  readonly runs = new Set<string>()
  readonly unrecorded = new Map<string, object>()
  #heard = 0
  #next = 1

  async return(): Promise<void> {
    if (this.isConnected) return
    this.hear()
    this.bench.connect(this.worker)
    const greeting = this.worker.greet({ executions: [...this.runs, ...this.unrecorded.keys()] })
    const { worker, abort } = await greeting
    this.name = worker
    this.isConnected = true
    this.hear()
    for (const token of abort) this.runs.delete(token)
    this.say([...this.unrecorded.values()])
  }

  say(messages: object[]): void {
    if (this.isConnected && messages.length > 0) this.worker.say(...messages)
  }

  hear(): void {
    for (const message of this.worker.heard.slice(this.#heard)) {
      if (message.type === 'execute' && !this.unrecorded.has(message.token)) this.runs.add(message.token)
      if (message.type === 'recorded') for (const token of message.tokens) this.unrecorded.delete(token)
      if (message.type !== 'abort' || !this.runs.delete(message.token)) continue
      if (message.reason !== 'stale') this.finish(message.token, { type: 'aborted', token: message.token })
    }
    this.#heard = this.worker.heard.length
  }

  finish(token: string, message: object): void {
    this.runs.delete(token)
    this.unrecorded.set(token, message)
    this.say([message])
  }

  async act(act: Act): Promise<void> {
    const { bench, worker } = this
    const [first] = this.runs
    switch (act) {
      case 'order': {
        const token = `t${this.#next++}`
        this.open.add(token)
        return bench.hub.start(bench.job(token, this.name))
      }
      case 'start':
        return this.say([...this.runs].map((token) => ({ type: 'started', token })))
      case 'finish':
        if (first !== undefined) this.finish(first, { type: 'result', token: first, value: first })
        return
      case 'resend':
        return this.say([...this.unrecorded.values()])
      case 'break':
        this.isConnected = false
        return worker.leave(1006)
      case 'return':
        return this.return()
      case 'beat':
        return this.say([{ type: 'heartbeat', executions: [...this.runs, ...this.unrecorded.keys()] }])
      case 'kill': {
        const [token] = this.open.keys()
        if (token === undefined) return
        this.killed.add(token)
        return bench.hub.kill(token, 1000)
      }
      case 'commit':
        return this.commit()
      case 'restart':
        return this.restart()
    }
  }

  /** The orchestrator takes what was reported: an end for each, once. */
  commit(): void {
    for (const report of this.bench.reports) {
      if (report.type !== 'finished' && report.type !== 'lost') continue
      const { token } = report
      if (!this.open.has(token)) throw new Error(`${token} ended twice, or was never ordered`)
      // Only what the worker never had may be lost: it never dies here.
      const isThere = this.unrecorded.has(token) || this.runs.has(token)
      if (report.type === 'lost' && isThere) throw new Error(`${token} is lost, and its worker has it`)
      this.open.delete(report.token)
      this.bench.release(report.token)
    }
    this.bench.reports = []
  }

  /** What was reported and not committed is forgotten; what is open is handed to the next hub, now or a little later. */
  async restart(): Promise<void> {
    this.isConnected = false
    this.bench.restart()
    this.bench.reports = []
    const jobs = [...this.open.keys()].map((token) => this.bench.job(token, this.name))
    const half = Math.floor(jobs.length / 2)
    const adopt = (some: typeof jobs): void => {
      for (const job of some) {
        this.bench.hub.adopt(job)
        if (this.killed.has(job.token)) this.bench.hub.kill(job.token, 1000)
      }
    }
    adopt(jobs.slice(0, half))
    const returned = this.return()
    await new Promise((resolve) => setImmediate(resolve))
    adopt(jobs.slice(half))
    await returned
  }

  /** Everything goes well from here on: all must end. */
  async settle(): Promise<void> {
    await this.return()
    await this.bench.until('the end of all', () => {
      this.hear()
      for (const token of [...this.runs]) this.finish(token, { type: 'result', token, value: token })
      this.commit()
      return this.open.size === 0
    })
  }
}

test('whatever breaks and comes back: every execution has one end, and no result is lost', async () => {
  await fc.assert(
    fc.asyncProperty(acts, async (script) => {
      const model = new Model()
      await model.return()
      for (const act of script) {
        await model.act(act)
        await new Promise((resolve) => setImmediate(resolve))
        model.hear()
      }
      await model.settle()
      expect(model.worker.closed).toBeNull()
      // Nothing is left with the worker either, once it was told.
      await model.bench.until('records', () => {
        model.hear()
        return model.unrecorded.size === 0
      })
      await model.bench[Symbol.asyncDispose]()
    }),
    { numRuns: RUNS },
  )
})
