import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { type Bench, dockerHost, eventually, IMAGE, openBench, withInputs } from './testing/harness.ts'

describe('container executor', () => {
  let opened: Bench | undefined
  let bench: Bench

  beforeEach(async (context) => {
    opened ??= await openBench(await dockerHost(context))
    bench = opened
  })
  afterAll(() => opened?.close())

  const put = async (path: string, text: string) => ({ path, ...(await bench.blobs.put(Buffer.from(text))) })

  it('runs a command on inputs and takes its outputs', async () => {
    const [csv, script] = [await put('data.csv', 'a,b\n1,2\n'), await put('tools/count.sh', 'wc -l < "$1"\n')]
    const asset = { kind: 'asset' as const, name: 'data', files: [csv] }
    const outcome = await bench.run('success', {
      command: [
        'mkdir -p out/deep',
        'cp $WEIR_INPUT_DATA out/copy.csv',
        'sh tools/count.sh ${{ inputs.data }} > out/deep/lines.txt',
        'echo "{\\"n\\": ${{ inputs.n }}}" > result.json',
        'echo hello > note.txt',
      ].join('\n'),
      env: { GREETING: 'hi' },
      files: [script],
      ...withInputs({ data: asset, n: 7 }),
      outputs: { result: { json: 'result.json' }, note: { text: 'note.txt' }, files: { files: 'out/**' } },
    })
    expect(outcome).toMatchObject({ status: 'succeeded', exitCode: 0, outputs: { result: { n: 7 }, note: 'hello' } })
    const files = outcome.outputs?.files
    expect(files).toMatchObject({
      files: [{ path: 'out/copy.csv', digest: csv.digest }, { path: 'out/deep/lines.txt' }],
    })
    const types = bench.reports.filter((r) => 'token' in r && r.token === 'success').map(({ type }) => type)
    expect(types).toEqual(['started', 'finished'])
  })

  it('keeps the container until it is released', async () => {
    await bench.run('kept', {})
    expect(await bench.containers('kept')).toMatchObject([
      { Names: ['/weir-r2345678-kept-1'], Labels: { 'dev.weir.run': 'r2345678', 'dev.weir.attempt': '1' } },
    ])
    bench.executor.release('kept')
    await eventually(async () => ((await bench.containers('kept')).length === 0 ? true : null), 'the removal')
  })

  it('mounts inputs so that the step cannot change them', async () => {
    const asset = { kind: 'asset' as const, name: 'data', files: [await put('x.txt', 'x')] }
    const outcome = await bench.run('readonly', {
      command: 'echo y > $WEIR_INPUT_DATA',
      ...withInputs({ data: asset }),
    })
    expect(outcome.error?.details).toMatch(/Read-only file system/)
  })

  it('tells stdout from stderr and keeps every byte', async () => {
    const job = bench.job('bytes', {
      command: "printf 'a\\377\\376b\\n\\nx\\r\\nend'; printf 'caf\\303\\251\\nerr' >&2",
    })
    bench.executor.start(job)
    await bench.report('finished', 'bytes')
    expect(await bench.log(job, 'stdout')).toEqual(Buffer.from('a\xff\xfeb\n\nx\r\nend', 'latin1'))
    expect(await bench.log(job, 'stderr')).toEqual(Buffer.from('café\nerr'))
  })

  it('tells exit code and the end of stderr, secrets hidden', async () => {
    const command = 'echo before; echo "key is hunter2" >&2; exit 3'
    const outcome = await bench.run('exit', { command, secrets: ['hunter2'] })
    expect(outcome).toMatchObject({ status: 'failed', kind: 'error', exitCode: 3, error: { code: 'exit_code' } })
    expect(outcome.error?.details).toBe('key is ***')
  })

  it('tells a lack of memory apart', async () => {
    const command = 'x=$(head -c 200000000 /dev/zero | tr "\\0" a); echo $x | wc -c'
    const resources = { cpus: 1, memoryBytes: 32 * 1024 * 1024, gpus: 0 }
    const outcome = await bench.run('oom', { command, resources })
    expect(outcome).toMatchObject({ status: 'failed', kind: 'oom', error: { code: 'oom' } })
    expect(outcome.error?.message).toContain('32 MiB')
    expect(outcome.error?.fix).toContain('resources')
  })

  it('tells a signal', async () => {
    const outcome = await bench.run('signal', { command: 'kill -SEGV $$' })
    expect(outcome).toMatchObject({ status: 'failed', signal: 'SIGSEGV', error: { code: 'signal' } })
  })

  it('tells a missing program, as list and inside a shell', async () => {
    const list = await bench.run('nolist', { command: ['no-such-tool', '--x'] })
    expect(list).toMatchObject({ kind: 'error', error: { code: 'command_not_found' } })
    expect(list.error?.message).toContain(IMAGE)
    const shell = await bench.run('noshell', { command: 'no-such-tool --x' })
    expect(shell).toMatchObject({ exitCode: 127, error: { code: 'command_not_found' } })
    expect(await bench.run('nofile', { command: ['/etc/passwd'] })).toMatchObject({
      error: { code: 'command_not_executable' },
    })
  })

  it('tells an image that cannot be had', async () => {
    const job = bench.job('noimage', { image: '127.0.0.1:9/no/such:1' })
    bench.executor.start(job)
    const { outcome } = await bench.report('finished', 'noimage')
    expect(outcome).toMatchObject({ status: 'failed', kind: 'error', error: { code: 'image_missing' } })
    expect(outcome.error?.message).toContain('connection refused')
    expect(outcome.error?.fix).toContain('docker load')
    expect((await bench.log(job, 'system')).toString()).toContain('pulls it')
    expect((await bench.report('progress', 'noimage')).text).toContain('pulls 127.0.0.1:9/no/such:1')
    expect(await bench.run('badimage', { image: 'Not A Name' })).toMatchObject({ error: { code: 'image_invalid' } })
  })

  it('sets the limits that were asked for', async () => {
    const job = bench.job('limits', {
      command: 'cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null || true',
      resources: { cpus: 0.5, memoryBytes: 64 * 1024 * 1024, gpus: 0 },
    })
    bench.executor.start(job)
    await bench.report('finished', 'limits')
    expect((await bench.log(job, 'stdout')).toString().trim()).toBe(String(64 * 1024 * 1024))
    const [container] = await bench.containers('limits')
    const { HostConfig } = await bench.docker.getContainer(container?.Id ?? '').inspect()
    expect(HostConfig).toMatchObject({ NanoCpus: 5e8, Memory: 67108864, MemorySwap: 67108864 })
  })

  it('refuses a GPU with words where Docker has none to give', async (context) => {
    const outcome = await bench.run('gpu', { resources: { cpus: 1, memoryBytes: 0, gpus: 1 } })
    if (outcome.status === 'succeeded') return context.skip('this machine has a GPU')
    expect(outcome.error).toMatchObject({ code: 'gpu_unavailable' })
  })

  it('kills politely, and what does not listen by force', async () => {
    const polite = bench.job('polite', {
      command: 'trap "echo bye; exit 0" TERM; echo up; while :; do sleep 0.05; done',
    })
    const deaf = bench.job('deaf', { command: 'trap "" TERM; echo up; while :; do sleep 0.05; done' })
    for (const job of [polite, deaf]) {
      bench.executor.start(job)
      await eventually(async () => ((await bench.log(job, 'stdout')).length > 0 ? true : null), 'its first line')
    }
    bench.executor.kill('polite', 30_000)
    bench.executor.kill('deaf', 100)
    expect((await bench.report('finished', 'polite')).outcome).toMatchObject({ status: 'cancelled', exitCode: 0 })
    expect((await bench.report('finished', 'deaf')).outcome).toMatchObject({ status: 'cancelled', exitCode: 137 })
    expect((await bench.log(polite, 'stdout')).toString()).toBe('up\nbye\n')
  })

  it('kills a job that has only just been told to start', async () => {
    bench.executor.start(bench.job('early', { command: 'sleep 60' }))
    bench.executor.kill('early', 1_000)
    expect((await bench.report('finished', 'early')).outcome.status).toBe('cancelled')
    const running = (await bench.containers('early')).filter(({ State }) => State === 'running')
    expect(running).toEqual([])
  })

  it('measures CPU time and memory', async () => {
    const { usage } = await bench.run('usage', { command: 'i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done' })
    expect(usage?.cpuMs).toBeGreaterThan(50)
    expect(usage?.peakMemoryBytes).toBeGreaterThan(100_000)
  })

  it('knows the digest of an image that is there', async () => {
    expect(await bench.executor.imageDigest(IMAGE)).toMatch(/^sha256:[0-9a-f]{64}$/)
    expect(await bench.executor.imageDigest('weir-test/none:1')).toBeNull()
  })

  it('sweeps containers that belong to no active job, and only its own', async () => {
    const stranger = await openBench(bench.host)
    try {
      await bench.run('swept', {})
      await bench.run('active', {})
      await stranger.run('foreign', {})
      const restarted = bench.restart()
      await restarted.executor.sweep(['active'])
      await restarted.close()
      expect(await bench.containers('swept')).toEqual([])
      expect(await bench.containers('active')).toHaveLength(1)
      expect(await stranger.containers('foreign')).toHaveLength(1)
    } finally {
      await stranger.close()
    }
  })
})
