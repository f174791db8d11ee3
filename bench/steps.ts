import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createProcessExecutor, readLog } from '../src-main/engine/executors/index.ts'
import { inTurn, type Measure, median, timed } from './measure.ts'
import { fanOut, openStage, planOfSource } from './stage.ts'

const STEPS = 100
const LOG_MB = 200

const ended = async (file: string, args: string[], stdout: number | 'ignore' = 'ignore'): Promise<void> => {
  const child = spawn(file, args, { stdio: ['ignore', stdout, 'ignore'] })
  await once(child, 'exit')
}

/** One process step after the other against a bare loop of spawns; both per step. */
export async function processMeasures(): Promise<Measure[]> {
  const stage = await openStage(createProcessExecutor)
  const plan = fanOut(STEPS, { maxParallel: 1 })
  const pair = await inTurn(
    5,
    async () => (await stage.run(plan)) / STEPS,
    async () =>
      (await timed(async () => {
        for (let step = 0; step < STEPS; step++) await ended('/bin/sh', ['-e', '-c', 'true'])
      })) / STEPS,
  )
  await stage.close()
  const over = pair.weir.map((weir, index) => weir - (pair.bare[index] ?? 0))
  return [
    {
      name: 'process step, start to recorded',
      unit: 'ms',
      weir: median(pair.weir),
      bare: median(pair.bare),
      bareIs: 'spawn of sh -c true, exit',
      target: null,
      samples: 5,
    },
    { name: 'process step, overhead', unit: 'ms', weir: median(over), bare: null, bareIs: '', target: 10, samples: 5 },
  ]
}

/** A step that prints 200 MB: written and recorded, against the same command into a file; then read back. */
export async function logMeasures(): Promise<Measure[]> {
  const line = 'x'.repeat(99)
  const command = `yes ${line} | head -c ${LOG_MB * 1_000_000}`
  const stage = await openStage(createProcessExecutor)
  const plan = planOfSource(`name: logs\nsteps:\n  print: {run: "${command}"}\n`)
  const bareFile = join(stage.folder, 'bare.log')
  const write = await inTurn(
    3,
    () => stage.run(plan),
    () =>
      timed(async () => {
        const file = await open(bareFile, 'w')
        await ended('/bin/sh', ['-c', command], file.fd)
        await file.close()
      }),
  )
  const [run] = [...new Set(stage.batches.flatMap((batch) => batch.runs.map((row) => row.id)))].slice(-1)
  const folder = join(stage.folder, 'runs', run ?? '', 'print', '1')
  const size = (await stat(join(folder, 'stdout.log'))).size
  if (size !== LOG_MB * 1_000_000) throw new Error(`the log has ${size} bytes`)
  const read = await inTurn(
    3,
    () =>
      timed(async () => {
        let lines = 0
        for await (const _line of readLog(folder, {})) lines += 1
        if (lines !== LOG_MB * 10_000) throw new Error(`${lines} lines were read`)
      }),
    () => timed(async () => (await readFile(bareFile, 'utf8')).split('\n').length),
  )
  await stage.close()
  await rm(bareFile, { force: true })
  const speed = (ms: number): number => (LOG_MB / ms) * 1000
  return [
    {
      name: `log of ${LOG_MB} MB, printed and recorded`,
      unit: 'MB/s',
      weir: speed(median(write.weir)),
      bare: speed(median(write.bare)),
      bareIs: 'the same command into a file',
      target: null,
      samples: 3,
    },
    {
      name: `log of ${LOG_MB} MB, read as lines`,
      unit: 'MB/s',
      weir: speed(median(read.weir)),
      bare: speed(median(read.bare)),
      bareIs: 'readFile and split',
      target: null,
      samples: 3,
    },
  ]
}
