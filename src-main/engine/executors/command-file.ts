import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { posix } from 'node:path'
import type { Json } from '../../../src-shared/contract/index.ts'
import type { Job } from './executor.ts'
import { executionFolder } from './folder.ts'
import { MASK, maskText, secretTexts } from './mask.ts'
import { type RenderedJob, renderJob } from './prepare.ts'

/** A command as it ran: with its expressions filled in, and `***` in the places of secrets. */
export interface KeptCommand {
  readonly argv: readonly string[]
  /** What the step sets; not what Weir and the machine add */
  readonly env: Readonly<Record<string, string>>
  /** Below the working folder; empty for that itself */
  readonly folder: string
  readonly image: string | null
}

/**
 * Keeps in the execution folder what is about to run, so that a person can see it later. Filled in a second time with
 * masks instead of secrets, because a shell's quotes change the text of a secret, so that it would not be found in the first.
 */
export function keepCommand(job: Job, rendered: RenderedJob, workRoot: string): void {
  const kept = JSON.stringify(maskedCommand(job, rendered, workRoot))
  writeFileSync(executionFolder(job.folder).command, `${kept}\n`, { mode: 0o600 })
}

function maskedCommand(job: Job, rendered: RenderedJob, workRoot: string): KeptCommand {
  const secrets = secretTexts(job.secrets ?? [])
  const shown = secrets.length === 0 ? rendered : renderJob(withMasks(job), workRoot)
  const mask = (text: string): string => maskText(text, secrets)
  return {
    argv: shown.argv.map(mask),
    env: Object.fromEntries(Object.keys(job.env).map((name) => [name, mask(shown.env[name] ?? '')])),
    folder: mask(posix.relative(workRoot, shown.cwd)),
    image: shown.image === null ? null : mask(shown.image),
  }
}

function withMasks(job: Job): Job {
  const values = new Set<Json>(job.secrets)
  const params = Object.fromEntries(
    Object.entries(job.context.params).map(([name, value]) => [name, values.has(value) ? MASK : value]),
  )
  return { ...job, context: { ...job.context, params } }
}

/** The command of an execution; null when it had none, e.g. because it was never started. */
export async function readCommand(folder: string): Promise<KeptCommand | null> {
  try {
    return JSON.parse(await readFile(executionFolder(folder).command, 'utf8')) as KeptCommand
  } catch (error) {
    // A file that a power cut has left in parts says nothing, either.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return null
    throw error
  }
}
