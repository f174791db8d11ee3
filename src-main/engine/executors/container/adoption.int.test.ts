import { readFile } from 'node:fs/promises'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { executionFolder } from '../folder.ts'
import { labelsOf } from './labels.ts'
import { buildChild, type ChildProgram } from './testing/child.ts'
import { type Bench, dockerHost, eventually, IMAGE, openBench } from './testing/harness.ts'

/** Lines with numbers, on both streams, until the file `stop` is there or there are enough. */
const counting = (lines: number): string =>
  [
    'echo ran >> starts',
    'i=0',
    `while [ $i -lt ${lines} ]; do i=$((i+1)); echo "out $i"; echo "err $i" >&2; [ $((i % 50)) -ne 0 ] || sleep 0.1; done`,
  ].join('\n')

const numbered = (name: string, lines: number): string =>
  Array.from({ length: lines }, (_, i) => `${name} ${i + 1}\n`).join('')

describe('adoption of containers', () => {
  let opened: { bench: Bench; program: ChildProgram } | undefined
  let bench: Bench
  let program: ChildProgram

  beforeEach(async (context) => {
    const host = await dockerHost(context)
    opened ??= { bench: await openBench(host), program: await buildChild() }
    ;({ bench, program } = opened)
  })
  afterAll(async () => {
    await opened?.bench.close()
    await opened?.program.remove()
  })

  it('takes a running container of a killed engine back: it runs once, and its log is whole', async () => {
    const lines = 1_000
    const job = bench.job('killed', { command: counting(lines), outputs: { starts: { text: 'starts' } } })
    const child = await program.start(bench.folder, bench.host, job)
    const { stdout } = executionFolder(job.folder)
    const recorded = () => readFile(stdout, 'utf8').catch(() => '')
    await eventually(async () => ((await recorded()).includes('out 100\n') ? true : null), 'the first lines')
    await child.killHard()
    const before = await recorded()
    const next = bench.restart()
    next.executor.adopt(job)
    expect((await next.report('adopted', 'killed')).detail).toMatch(/^container [0-9a-f]{12}$/)
    const { outcome } = await next.report('finished', 'killed')
    await next.close()
    expect(before.length).toBeLessThan(numbered('out', lines).length)
    expect(outcome).toMatchObject({ status: 'succeeded', outputs: { starts: 'ran' } })
    expect((await bench.log(job, 'stdout')).toString()).toBe(numbered('out', lines))
    expect((await bench.log(job, 'stderr')).toString()).toBe(numbered('err', lines))
    expect(await bench.containers('killed')).toHaveLength(1)
  })

  it('finds the result of a container that ended while no engine ran', async () => {
    const job = bench.job('ended', { command: 'sleep 0.5; echo done; echo 42 > n', outputs: { n: { json: 'n' } } })
    const child = await program.start(bench.folder, bench.host, job)
    await eventually(() => (child.reports.some(({ type }) => type === 'started') ? true : null), 'the start')
    await child.killHard()
    await eventually(
      async () => ((await bench.containers('ended'))[0]?.State === 'exited' ? true : null),
      'the end of the container',
    )
    const next = bench.restart()
    next.executor.adopt(job)
    expect((await next.report('finished', 'ended')).outcome).toMatchObject({ status: 'succeeded', outputs: { n: 42 } })
    expect((await bench.log(job, 'stdout')).toString()).toBe('done\n')
    // The report was not committed either: the next engine finds the same once more.
    await next.close()
    const third = bench.restart()
    third.executor.adopt(job)
    expect((await third.report('finished', 'ended')).outcome).toMatchObject({ status: 'succeeded', outputs: { n: 42 } })
    third.executor.release('ended')
    await eventually(async () => ((await bench.containers('ended')).length === 0 ? true : null), 'the removal')
    await third.close()
  })

  it('reports a job without a container as lost', async () => {
    const next = bench.restart()
    next.executor.adopt(bench.job('never', {}))
    expect((await next.report('lost', 'never')).reason).toContain('no container')
    await next.close()
  })

  it('removes a container that was created but not started, and reports the job as lost', async () => {
    const job = bench.job('half', {})
    await bench.docker.createContainer({ Image: IMAGE, Cmd: ['true'], Labels: labelsOf(job, bench.folder) })
    const next = bench.restart()
    next.executor.adopt(job)
    expect((await next.report('lost', 'half')).reason).toContain('never started')
    expect(await bench.containers('half')).toEqual([])
    await next.close()
  })

  it('does not start a second container for a token that has one', async () => {
    const job = bench.job('twice', { command: 'sleep 1' })
    bench.executor.start(job)
    await bench.report('started', 'twice')
    const other = bench.restart()
    other.executor.start({ ...job, folder: `${job.folder}-again` })
    expect((await other.report('finished', 'twice')).outcome.status).toBe('succeeded')
    expect(await bench.containers('twice')).toHaveLength(1)
    await other.close()
  })

  it('tells that a container was ended from outside while no engine watched', async () => {
    const job = bench.job('outside', { command: 'sleep 60' })
    const child = await program.start(bench.folder, bench.host, job)
    await eventually(() => (child.reports.some(({ type }) => type === 'started') ? true : null), 'the start')
    await child.killHard()
    const [container] = await bench.containers('outside')
    await bench.docker.getContainer(container?.Id ?? '').kill()
    const next = bench.restart()
    next.executor.adopt(job)
    expect((await next.report('finished', 'outside')).outcome).toMatchObject({ status: 'failed', kind: 'abandoned' })
    await next.close()
  })

  it('tells that a running container was removed by somebody else', async () => {
    bench.executor.start(bench.job('removed', { command: 'sleep 60' }))
    await bench.report('started', 'removed')
    const [container] = await bench.containers('removed')
    await bench.docker.getContainer(container?.Id ?? '').remove({ force: true })
    const { outcome } = await bench.report('finished', 'removed')
    expect(outcome, JSON.stringify(outcome)).toMatchObject({ status: 'failed', kind: 'abandoned' })
  })
})
