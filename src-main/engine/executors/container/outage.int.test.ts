import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import {
  type Daemon,
  ensureDocker,
  ensureTestImage,
  haltDaemon,
  startDaemon,
  stopDaemon,
} from '../../../../scripts/docker/index.mjs'
import { dockerStatus } from './index.ts'
import { type Bench, eventually, openBench } from './testing/harness.ts'

describe('container executor without Docker', () => {
  let bench: Bench | undefined
  afterAll(() => bench?.close())

  it('keeps jobs waiting, says why, and lets them be killed', async () => {
    bench = await openBench(`unix://${join('/nonexistent', 'docker.sock')}`)
    bench.executor.start(bench.job('waits', {}))
    const progress = await bench.report('progress', 'waits')
    expect(progress.text).toContain('waits for Docker: There is no Docker at /nonexistent/docker.sock')
    const availability = bench.reports.find(({ type }) => type === 'availability')
    expect(availability).toMatchObject({ executor: 'container', available: false })
    expect(await bench.executor.sweep([])).toBe(0)
    expect(await bench.executor.imageDigest('x')).toBeNull()
    bench.executor.kill('waits', 1_000)
    expect((await bench.report('finished', 'waits')).outcome.status).toBe('cancelled')
    expect(await dockerStatus('unix:///nonexistent/docker.sock')).toMatchObject({ available: false })
  })
})

describe('container executor when Docker stops and starts', () => {
  let own: { daemon: Daemon; stop(): Promise<unknown> } | undefined
  let bench: Bench | undefined

  beforeEach(async (context) => {
    if (own !== undefined) return
    const docker = await ensureDocker({ own: true, network: 'none' })
    if ('skipped' in docker) return context.skip(docker.skipped)
    if (docker.daemon === undefined) return context.skip('this Docker engine cannot be stopped by a test')
    own = { daemon: docker.daemon, stop: docker.stop }
    await ensureTestImage(docker.host)
    bench = await openBench(docker.host)
  })
  afterAll(async () => {
    await bench?.close()
    if (own === undefined) return
    await stopDaemon(own.daemon)
    await own.stop()
  })

  const availability = (bench: Bench, available: boolean, count: number) =>
    eventually(() => {
      const found = bench.reports.filter((r) => r.type === 'availability' && r.available === available)
      return found.length >= count ? true : null
    }, `availability ${available} ${count}`)

  it.each(['SIGTERM', 'SIGKILL'] as const)('recovers after %s of dockerd', async (signal) => {
    if (own === undefined || bench === undefined) throw new Error('not set up')
    const count = signal === 'SIGTERM' ? 1 : 2
    const [running, waiting, killed] = [`running${count}`, `waiting${count}`, `killed${count}`]
    // It answers the polite signal of a stopping Docker with success, although it is not done.
    const command = 'trap "exit 0" TERM; echo up; while :; do sleep 0.05; done'
    const job = bench.job(running, { command })
    bench.executor.start(job)
    bench.executor.start(bench.job(killed, { command }))
    await bench.report('started', killed)
    await eventually(async () => ((await bench?.log(job, 'stdout'))?.length === 3 ? true : null), 'its first line')
    await haltDaemon(own.daemon, signal)
    await availability(bench, false, count)
    bench.executor.start(bench.job(waiting, { command: 'echo late' }))
    expect((await bench.report('progress', waiting)).text).toContain('waits for Docker')
    bench.executor.kill(killed, 1_000)
    own.daemon = await startDaemon({ dir: own.daemon.dir, network: 'none' })
    await availability(bench, true, count)
    const { outcome } = await bench.report('finished', running)
    expect(outcome).toMatchObject({ status: 'failed', kind: 'abandoned', error: { code: 'abandoned' } })
    expect((await bench.report('finished', waiting)).outcome.status).toBe('succeeded')
    expect((await bench.report('finished', killed)).outcome.status).toBe('cancelled')
  })
})
