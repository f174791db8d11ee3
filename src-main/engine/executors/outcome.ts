import { readFile, rename, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { Json, Usage } from '../../../src-shared/contract/index.ts'
import type { Outcome } from './executor.ts'
import { errnoOf } from './failure.ts'
import { executionFolder } from './folder.ts'

const SavedOutcome = z.object({
  status: z.literal('succeeded'),
  exitCode: z.int().optional(),
  outputs: z.record(z.string(), Json),
  usage: Usage.optional(),
  finishedAt: z.number().optional(),
})

/**
 * Keeps a success beside the logs, before `work/` is deleted: an engine that is killed before the report was committed
 * finds it again. Written whole or not at all; it need not survive a power cut (see adopt.ts).
 */
export async function saveOutcome(root: string, outcome: Outcome): Promise<void> {
  const { outcome: path } = executionFolder(root)
  await writeFile(`${path}.new`, `${JSON.stringify(outcome)}\n`, { mode: 0o600 })
  await rename(`${path}.new`, path)
}

/** The success that was saved, or null. A file that makes no sense (a power cut) counts as none. */
export async function loadOutcome(root: string): Promise<Outcome | null> {
  try {
    return SavedOutcome.parse(JSON.parse(await readFile(executionFolder(root).outcome, 'utf8'))) as Outcome
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || error instanceof SyntaxError || error instanceof z.ZodError) return null
    throw error
  }
}
