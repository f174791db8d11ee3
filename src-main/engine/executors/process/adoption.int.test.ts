import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Job, Report } from '../executor.ts'
import { executionFolder } from '../folder.ts'
import { prepareFolder } from '../prepare.ts'
import { type TestData, testData, testJob } from '../test-job.ts'
import { bootId, readStat } from './identity.ts'
import { CLAIM_TAKEN, launch } from './launcher.ts'
import { buildTestEngine, type LocalExecutor, localExecutor, logOf, type TestEngine, until } from './test-executor.ts'

let engine: TestEngine
let data: TestData
let local: LocalExecutor
beforeAll(async () => {
  engine = await buildTestEngine()
})
afterAll(() => engine.remove())
beforeEach(() => {
  data = testData()
  local = localExecutor(data)
})
afterEach(async () => {
  await local.executor.close()
  data[Symbol.dispose]()
})

const readText = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '')
const gone = (pid: number): boolean => ['Z', 'X', undefined].includes(readStat(pid)?.state)

/** Leaves a mark of each start, writes lines for a while, and an output. */
const lasting = (id: string, seconds = 0.6): Job => {
  const mark = join(data.root, 'marks', id)
  const loop = `i=0; while [ $i -lt 20 ]; do echo line $i; i=$((i+1)); sleep ${seconds / 20}; done`
  const command = `echo x >> ${mark}\n${loop}\necho '"${id}"' > out.json`
  return testJob(data.root, id, { command, outputs: { out: { json: 'out.json' } } })
}
const LINES = Array.from({ length: 20 }, (_, i) => `line ${i}`)

describe('an engine that was killed', () => {
  it('at any moment loses no step, and starts none twice', async () => {
    mkdirSync(join(data.root, 'marks'))
    const jobs = Array.from({ length: 24 }, (_, i) => lasting(`job${i}`, (i % 6) * 0.2))
    const ends = new Map<string, Extract<Report, { type: 'finished' | 'lost' }>>()
    const take = (reports: readonly Report[]): void => {
      for (const report of reports) {
        if (report.type === 'finished' || report.type === 'lost') ends.set(report.token, report)
      }
    }
    for (let round = 0; round < 4; round++) {
      const remote = engine.startIn(data)
      const before = jobs.slice(0, round * 6).filter(({ token }) => !ends.has(token))
      for (const job of before) remote.order({ do: 'adopt', job })
      for (const job of jobs.slice(round * 6, round * 6 + 6)) remote.order({ do: 'start', job })
      // Killed while some have not begun, some run, some have ended.
      await until('something was reported', () => remote.reports.all.length >= 2 + round * 2)
      await remote.crash()
      take(remote.reports.all)
    }
    for (const job of jobs) if (!ends.has(job.token)) local.executor.adopt(job)
    await until('all have ended', () => {
      take(local.reports.all)
      return ends.size === jobs.length
    })
    for (const job of jobs) {
      const end = ends.get(job.token)
      const marks = readText(join(data.root, 'marks', job.token))
      if (end?.type === 'finished') {
        expect(end.outcome).toMatchObject({ status: 'succeeded', outputs: { out: job.token } })
        expect(marks).toBe('x\n')
        expect(await logOf(job)).toEqual(LINES)
      } else {
        // An orchestrator would queue it again, as another attempt.
        expect([end?.reason, marks]).toEqual(['it was never started', ''])
      }
    }
    expect([...ends.values()].filter(({ type }) => type === 'finished').length).toBeGreaterThan(5)
  })

  it('finds a step that goes on, and the log of the time without an engine', async () => {
    mkdirSync(join(data.root, 'marks'))
    const job = lasting('job', 2)
    const remote = engine.startIn(data)
    remote.order({ do: 'start', job })
    await until('the first lines are recorded', () => existsSync(executionFolder(job.folder).index))
    await remote.crash()
    await until('it went on', () => readText(executionFolder(job.folder).stdout).includes('line 8'))
    local.executor.adopt(job)
    const { detail } = await local.reports.first('job', 'adopted')
    expect(detail).toMatch(/^pid \d+$/)
    expect(await local.reports.outcome('job')).toMatchObject({
      status: 'succeeded',
      outputs: { out: 'job' },
      exitCode: 0,
    })
    expect(await logOf(job)).toEqual(LINES)
    expect(readText(join(data.root, 'marks', 'job'))).toBe('x\n')
  })

  it('can end a step that it finds again, with all its children', async () => {
    const command = 'trap "" TERM; sh -c \'trap "" TERM; echo $$; while :; do sleep 0.1; done\' & wait; wait'
    const job = testJob(data.root, 'job', { command })
    const remote = engine.startIn(data)
    remote.order({ do: 'start', job })
    const pid = Number(await until('it runs', () => readText(executionFolder(job.folder).stdout).trim()))
    await remote.crash()
    local.executor.adopt(job)
    local.executor.kill('job', 50)
    expect(await local.reports.outcome('job')).toMatchObject({ status: 'cancelled' })
    expect(gone(pid)).toBe(true)
  })

  it('finds the result of a step that ended without it, kept safe from a power cut', async () => {
    mkdirSync(join(data.root, 'marks'))
    const job = lasting('job', 0.4)
    const folder = executionFolder(job.folder)
    const remote = engine.startIn(data)
    remote.order({ do: 'start', job })
    await until('it runs', () => existsSync(folder.claim))
    await remote.crash()
    await until('it ended', () => readText(folder.exit).endsWith('\n') && readText(folder.exit).includes('exit 0 1'))
    // The machine was restarted meanwhile: the boot is another one.
    writeFileSync(folder.claim, readText(folder.claim).replace(bootId(), 'another-boot'))
    local.executor.adopt(job)
    expect(await local.reports.outcome('job')).toMatchObject({ status: 'succeeded', outputs: { out: 'job' } })
    expect(local.reports.of('job').map(({ type }) => type)).toEqual(['finished'])
    expect(await logOf(job)).toEqual(LINES)
  })

  it('after a success was reported but not committed reports it again', async () => {
    mkdirSync(join(data.root, 'marks'))
    const job = lasting('job', 0)
    const outcome = await local.run(job)
    await until('the working folder is deleted', () => !existsSync(executionFolder(job.folder).work))
    const next = localExecutor(data)
    next.executor.adopt(job)
    expect(await next.reports.outcome('job')).toEqual(outcome)
    const plain = testJob(data.root, 'plain')
    await local.run(plain)
    next.executor.adopt(plain)
    expect(await next.reports.outcome('plain')).toMatchObject({ status: 'succeeded', outputs: {} })
  })
})

describe('adopt', () => {
  const held = (job: Job, claim: string, exit?: string): void => {
    const folder = executionFolder(job.folder)
    mkdirSync(folder.work, { recursive: true })
    writeFileSync(folder.claim, claim)
    if (exit !== undefined) writeFileSync(folder.exit, exit)
  }
  const times = '0m0.000000s 0m0.000000s\n0m0.100000s 0m0.020000s\n'

  it('loses what was never started, so that it never will be', async () => {
    const job = testJob(data.root, 'job', { command: `touch ${join(data.root, 'ran')}` })
    await prepareFolder(job, data.blobs)
    local.executor.adopt(job)
    expect(await local.reports.first('job', 'lost')).toMatchObject({ reason: 'it was never started' })
    // A launcher of the engine before that comes late.
    const folder = executionFolder(job.folder)
    const child = launch(folder, {
      argv: ['/bin/sh', '-c', `touch ${join(data.root, 'ran')}`],
      env: {},
      cwd: folder.work,
    })
    expect(await new Promise((done) => child.once('exit', done))).toBe(CLAIM_TAKEN)
    expect(existsSync(join(data.root, 'ran'))).toBe(false)
    const again = localExecutor(data)
    again.executor.adopt(job)
    expect(await again.reports.first('job', 'lost')).toMatchObject({ reason: 'it was never started' })
  })

  it('knows a machine that was restarted, a stranger with the same number, and a claim that was torn', async () => {
    const stranger = `${process.pid} 1 ${bootId()}\n`
    const cases = [
      [`${process.pid} ${readStat(process.pid)?.start} another-boot\n`, undefined, 'restarted'],
      [`${process.pid} ${readStat(process.pid)?.start} another-boot\n`, `${times}exit 0 0\n`, 'restarted'],
      [stranger, undefined, 'killed from outside'],
      [stranger, `${times}exit 0`, 'killed from outside'],
      ['', undefined, 'while it was being started'],
      ['4711 12', undefined, 'while it was being started'],
    ] as const
    for (const [i, [claim, exit, reason]] of cases.entries()) {
      const job = testJob(data.root, `t${i}`)
      held(job, claim, exit)
      local.executor.adopt(job)
      expect((await local.reports.first(job.token, 'lost')).reason).toContain(reason)
    }
    expect(readStat(process.pid)).not.toBe(null)
  })

  it('takes an end as it was written', async () => {
    const cases = [
      ['exit 0 0', { status: 'succeeded', exitCode: 0, usage: { cpuMs: 120, peakMemoryBytes: null } }],
      ['exit 3 0', { status: 'failed', exitCode: 3 }],
      ['exit 143 0', { status: 'failed', signal: 'SIGTERM' }],
    ] as const
    for (const [i, [exit, expected]] of cases.entries()) {
      const job = testJob(data.root, `t${i}`)
      held(job, `${process.pid} 1 ${bootId()}\n`, `${times}${exit}\n`)
      local.executor.adopt(job)
      expect(await local.reports.outcome(job.token)).toMatchObject(expected)
    }
  })

  it('ends what is left of a step whose launcher was killed, and nothing else', async () => {
    const job = testJob(data.root, 'job', { command: 'sleep 1000 & echo $!; wait' })
    const remote = engine.startIn(data)
    remote.order({ do: 'start', job })
    const { detail } = await remote.reports.first('job', 'started')
    const sleeper = Number(await until('it runs', () => readText(executionFolder(job.folder).stdout).trim()))
    await remote.crash()
    process.kill(Number(detail.replace('pid ', '')), 'SIGKILL')
    await until('the launcher is gone', () => gone(Number(detail.replace('pid ', ''))))
    expect(gone(sleeper)).toBe(false)
    local.executor.adopt(job)
    expect((await local.reports.first('job', 'lost')).reason).toContain('launcher was killed')
    await until('the sleeper is gone', () => gone(sleeper))
  })

  it('notices a launcher that is killed while it watches', async () => {
    const job = testJob(data.root, 'job', { command: 'sleep 1000' })
    const remote = engine.startIn(data)
    remote.order({ do: 'start', job })
    const { detail } = await remote.reports.first('job', 'started')
    await until('it runs', () => readText(executionFolder(job.folder).claim).endsWith('\n'))
    await remote.crash()
    local.executor.adopt(job)
    await local.reports.first('job', 'adopted')
    process.kill(Number(detail.replace('pid ', '')), 'SIGKILL')
    expect((await local.reports.first('job', 'lost')).reason).toContain('launcher was killed')
  })
})

describe('close', () => {
  it('lets what runs go on, for the next engine', async () => {
    mkdirSync(join(data.root, 'marks'))
    const job = lasting('job', 0.6)
    const first = localExecutor(data)
    first.executor.start(job)
    await first.reports.first('job', 'started')
    await until('it runs', () => readText(executionFolder(job.folder).stdout) !== '')
    await first.executor.close()
    local.executor.adopt(job)
    expect(await local.reports.outcome('job')).toMatchObject({ status: 'succeeded', outputs: { out: 'job' } })
    expect(await logOf(job)).toEqual(LINES)
    expect(first.reports.of('job').map(({ type }) => type)).toEqual(['started'])
    expect(readdirSync(dirname(job.folder))).toEqual(['job'])
  })
})
