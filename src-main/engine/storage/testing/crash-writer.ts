import { openSqlite } from '../sqlite.ts'
import { emptyBatch } from './samples.ts'

/**
 * Test program: commits batches without an end and says on stdout which are on disk. Every entry names its batch, its
 * place in it, and the size of the batch. To be killed.
 */
const MAX_BATCH = 40

async function main(path: string): Promise<void> {
  const storage = openSqlite(path)
  await storage.bumpEpoch()
  const last = (await storage.journalAfter((await storage.lastCursor()) - 1, 1))[0]
  const first = last === undefined ? 1 : (JSON.parse(last.events) as { batch: number }).batch + 1
  for (let batch = first; ; batch += 1) {
    const size = 1 + Math.floor(Math.random() * MAX_BATCH)
    const entries = Array.from({ length: size }, (_, place) => ({
      run: 'aaaaaaaa',
      at: batch,
      events: JSON.stringify({ batch, place, size, pad: 'x'.repeat(100) }),
    }))
    await storage.commit({ ...emptyBatch, entries })
    process.stdout.write(`${batch}\n`) // to a pipe: written before it returns
  }
}

void main(process.argv[2] ?? '')
