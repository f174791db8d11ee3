import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { blindEngine } from './testing/blind-engine.ts'
import { type Bench, dockerHost, IMAGE, openBench, withInputs } from './testing/harness.ts'

describe('files of containers', () => {
  let opened: Bench | undefined
  let bench: Bench

  beforeEach(async (context) => {
    opened ??= await openBench(await dockerHost(context))
    bench = opened
  })
  afterAll(() => opened?.close())

  const put = async (bench: Bench, path: string, text: string) => ({
    path,
    ...(await bench.blobs.put(Buffer.from(text))),
  })
  const pathsOf = (value: unknown): string[] =>
    value !== null && typeof value === 'object' && 'files' in value && Array.isArray(value.files)
      ? value.files.map(({ path }: { path: string }) => path)
      : []

  it('takes what globs at the top name, and of the workflow only what the step changed', async () => {
    const files = [
      await put(bench, 'same.csv', 'one\n'),
      await put(bench, 'changed.csv', 'one\n'),
      await put(bench, 'gone.csv', 'x'),
    ]
    const outcome = await bench.run('globs', {
      command: 'echo two > changed.csv; rm gone.csv; echo new > new.csv; mkdir big; echo scratch > big/scratch.bin',
      files,
      outputs: { tables: { files: '*.csv' }, named: { files: 'same.csv' } },
    })
    expect(outcome.status).toBe('succeeded')
    expect(pathsOf(outcome.outputs?.tables)).toEqual(['changed.csv', 'new.csv'])
    expect(pathsOf(outcome.outputs?.named)).toEqual(['same.csv'])
  })

  it('follows links inside the working folder, relative or absolute, and keeps programs executable', async () => {
    const outcome = await bench.run('links', {
      command: [
        'mkdir data out',
        'echo 1 > data/real.txt; chmod +x data/real.txt',
        'ln -s ../data/real.txt out/relative.txt',
        'ln -s /weir/work/data/real.txt out/absolute.txt',
        'ln data/real.txt out/hard.txt',
      ].join('\n'),
      outputs: { out: { files: 'out/*' } },
    })
    expect(outcome.error).toBeUndefined()
    expect(pathsOf(outcome.outputs?.out)).toEqual(['out/absolute.txt', 'out/hard.txt', 'out/relative.txt'])
    expect(outcome.outputs?.out).toMatchObject({ files: [{ executable: true, size: 2 }, { size: 2 }, { size: 2 }] })
  })

  it('refuses links that lead out, and pipes', async () => {
    const link = await bench.run('escape', {
      command: 'mkdir out; ln -s /etc/passwd out/p',
      outputs: { out: { files: 'out/*' } },
    })
    expect(link.error).toMatchObject({ code: 'output_refused' })
    const deep = await bench.run('deep', {
      command: 'ln -s /etc out',
      outputs: { out: { text: 'out/passwd' } },
    })
    expect(deep.error).toMatchObject({ code: 'output_refused' })
    const pipe = await bench.run('pipe', { command: 'mkdir out; mkfifo out/p', outputs: { out: { files: 'out/*' } } })
    expect(pipe.error).toMatchObject({ code: 'output_refused' })
    const missing = await bench.run('missing', { command: 'true', outputs: { n: { json: 'n.json' } } })
    expect(missing).toMatchObject({ status: 'failed', exitCode: 0, error: { code: 'output_missing' } })
  })

  it('works for an image whose user is not root', async () => {
    const container = await bench.docker.createContainer({ Image: IMAGE })
    await container.commit({ repo: 'weir-test/nobody', tag: '1', changes: 'USER nobody' })
    await container.remove()
    const asset = { kind: 'asset' as const, name: 'data', files: [await put(bench, 'a.txt', 'a')] }
    const outcome = await bench.run('nobody', {
      image: 'weir-test/nobody:1',
      command: 'id -un > who.txt; mkdir -p out; cat $WEIR_INPUT_DATA tool.sh > out/both; touch tool.sh; pwd > where',
      workdir: 'sub',
      files: [await put(bench, 'sub/tool.sh', 'b')],
      ...withInputs({ data: asset }),
      outputs: { who: { text: 'sub/who.txt' }, where: { text: 'sub/where' }, both: { text: 'sub/out/both' } },
    })
    expect(outcome.error).toBeUndefined()
    // Forced, because its container is still there: only the name goes.
    await bench.docker.getImage('weir-test/nobody:1').remove({ force: true })
    expect(outcome.outputs).toEqual({ who: 'nobody', where: '/weir/work/sub', both: 'ab' })
  })

  it('sends inputs to an engine that does not see our disk', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'weir-blind-'))
    const engine = await blindEngine(folder, bench.host)
    const far = await openBench(engine.host)
    try {
      const asset = { kind: 'asset' as const, name: 'data', files: [await put(far, 'a.txt', 'abc')] }
      for (const token of ['far1', 'far2']) {
        const outcome = await far.run(token, {
          command: 'wc -c < $WEIR_INPUT_DATA > n; cp inputs.json copy.json',
          ...withInputs({ data: asset }),
          outputs: { n: { json: 'n' }, copy: { json: 'copy.json' } },
        })
        expect(outcome).toMatchObject({ outputs: { n: 3, copy: { data: 'inputs/data/a.txt' } } })
      }
      expect(engine.refusedMounts()).toBe(1)
    } finally {
      await far.close()
      await engine.close()
      await rm(folder, { recursive: true, force: true })
    }
  })
})
