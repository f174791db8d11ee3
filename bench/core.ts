import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CommitBatch, openSqlite } from '../src-main/engine/storage/index.ts'
import type { Plan } from '../src-main/engine/workflows/index.ts'
import { inTurn, type Measure, median, timed } from './measure.ts'
import { chain, fanOut, inlineExecutor, openStage } from './stage.ts'

/** Writes the very transactions that the core wrote, one after the other, and nothing else: less cannot be durable. */
async function replayBare(batches: readonly CommitBatch[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-bare-'))
  const storage = openSqlite(join(folder, 'project.db'))
  const took = await timed(async () => {
    for (const batch of batches) await storage.commit(batch)
  })
  await storage.close()
  await rm(folder, { recursive: true, force: true })
  return took
}

async function compare(name: string, plan: Plan, rounds: number, target: number): Promise<Measure> {
  let batches: CommitBatch[] = []
  const pair = await inTurn(
    rounds,
    async () => {
      const stage = await openStage(inlineExecutor)
      // The first run of a process pays for compilation; the second is what a warm engine takes.
      await stage.run(plan)
      stage.batches.length = 0
      const took = await stage.run(plan)
      batches = [...stage.batches]
      await stage.close()
      return took
    },
    () => replayBare(batches),
  )
  return {
    name,
    unit: 'ms',
    weir: median(pair.weir),
    bare: median(pair.bare),
    bareIs: 'the same transactions, replayed',
    target,
    samples: rounds,
  }
}

/** The durable core with an executor in the same process (SQLite, WAL, synchronous=FULL). */
export async function coreMeasures(): Promise<Measure[]> {
  return [
    await compare('chain of 10 no-op steps', chain(10), 15, 6),
    await compare('fan-out of 1,000 no-op steps', fanOut(1_000), 9, 60),
    await compare('fan-out of 10,000 no-op steps', fanOut(10_000), 5, 500),
  ]
}
