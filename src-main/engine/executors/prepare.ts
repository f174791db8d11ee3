import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import type { AssetFile, Json } from '../../../src-shared/contract/index.ts'
import type { Blobs } from '../assets/blobs.ts'
import { renderCommand, renderText } from '../workflows/index.ts'
import type { Job } from './executor.ts'
import { ExecutionError } from './failure.ts'
import { executionFolder, INPUTS_FILE, INPUTS_FOLDER } from './folder.ts'
import { placeInputs, withWorkRoot } from './inputs.ts'
import { pathFault } from './safe-path.ts'

/** How many bodies are copied at once: enough to keep a disk busy, few enough to leave it to others. */
const COPIES_AT_ONCE = 8
/** Inputs whose text is longer are only in `inputs.json`: one variable may hold 128 KiB on Linux, all of them 2 MiB. */
const ENV_VALUE_LIMIT = 16 * 1024
/** Only the engine's user may look into an execution: inputs can hold secrets. */
const FOLDER_MODE = 0o700

/** A command with all its expressions filled in. */
export interface RenderedJob {
  readonly argv: string[]
  /** What Weir and the step set; an executor adds what its platform needs, such as PATH. */
  readonly env: Record<string, string>
  readonly image: string | null
  /** Absolute, below `workRoot` */
  readonly cwd: string
}

/**
 * Makes the execution folder: `job.json`, the workflow's files and the inputs in `work/`. What a crash left half done
 * is wiped and made again; a job that was claimed is left as it is, because its command may be running in there.
 * `inputs.json` is written last: a file that is newer was changed by the step (see collect.ts). The few small files are
 * written at once, because a round trip for each through the thread pool costs a quick step more than its command.
 * @throws ExecutionError when a path is unsafe or two files claim the same one; errors of the disk and the blob store.
 */
export async function prepareFolder(job: Job, blobs: Blobs): Promise<void> {
  const folder = executionFolder(job.folder)
  if (existsSync(folder.claim)) return
  if (mkdirSync(folder.root, { recursive: true, mode: FOLDER_MODE }) === undefined) {
    await rm(folder.work, { recursive: true, force: true })
  }
  const inputs = placeInputs(job.context.inputs)
  const files = [...job.files.map((file) => ({ to: file.path, file })), ...inputs.files]
  checkPaths(files)
  writeFileSync(folder.job, `${JSON.stringify(withoutSecrets(job), null, 2)}\n`, { mode: 0o600 })
  mkdirSync(folder.work)
  const folders = new Set(files.map(({ to }) => dirname(to)).filter((path) => path !== '.'))
  for (const path of inputs.folders) folders.add(path)
  for (const path of folders) await mkdir(join(folder.work, path), { recursive: true })
  await copyAll(files, folder.work, blobs)
  writeFileSync(join(folder.work, INPUTS_FILE), `${JSON.stringify(inputs.values, null, 2)}\n`)
}

/** Parameters, inputs and items may hold secrets, so the whole context stays out; commands and env are templates. */
function withoutSecrets(job: Job): Record<string, unknown> {
  const { context: _context, secrets: _secrets, ...rest } = job
  return rest
}

function checkPaths(files: readonly { to: string; file: AssetFile }[]): void {
  const seen = new Set<string>([INPUTS_FILE])
  for (const { to, file } of files) {
    const fault = pathFault(file.path)
    if (fault !== null) {
      throw new ExecutionError({
        code: 'path_unsafe',
        message: `The file "${file.path}" cannot be put into the working folder: its path ${fault}.`,
        fix: 'Give the file a relative path that stays below its folder.',
      })
    }
    const path = posix.normalize(to)
    if (seen.has(path)) {
      throw new ExecutionError({
        code: 'path_conflict',
        message: `Two files would be put at "${path}" of the working folder.`,
        fix: `Rename one of them; "${INPUTS_FOLDER}/" and "${INPUTS_FILE}" belong to the step's inputs.`,
      })
    }
    seen.add(path)
  }
}

async function copyAll(files: readonly { to: string; file: AssetFile }[], work: string, blobs: Blobs): Promise<void> {
  const queue = files.values()
  const worker = async (): Promise<void> => {
    for (const { to, file } of queue) await blobs.copyTo(file.digest, join(work, to), file.executable ?? false)
  }
  await Promise.all(Array.from({ length: Math.min(COPIES_AT_ONCE, files.length) }, worker))
}

/**
 * Fills in the expressions of command, env, image and workdir. `workRoot` is the working folder as the command sees it:
 * its absolute path for a process, the mount point for a container. In expressions an input that is an asset is its
 * path there. A text becomes `/bin/sh -e -c text` (a line that fails ends the step), a list the program and its
 * arguments. Env, later ones winning: WEIR_RUN_ID, WEIR_WORKFLOW, WEIR_STEP, WEIR_INDEX (empty outside a fan-out),
 * WEIR_ATTEMPT, WEIR_INPUTS (path of inputs.json), WEIR_INPUT_<NAME> (see inputVariables), then the step's own.
 * @throws ExpressionError, or ExecutionError for an empty command or a folder outside the working folder.
 */
export function renderJob(job: Job, workRoot: string): RenderedJob {
  const inputs = withWorkRoot(job.context.inputs, workRoot)
  const context = { ...job.context, inputs }
  const command = renderCommand(job.command, context)
  const argv = typeof command === 'string' ? ['/bin/sh', '-e', '-c', command] : command
  if (argv[0] === undefined || argv[0] === '') {
    throw new ExecutionError({
      code: 'command_empty',
      message: 'The command is empty after its expressions were filled in.',
      fix: 'Check the values that `run` is made of.',
    })
  }
  const own = Object.fromEntries(Object.entries(job.env).map(([name, text]) => [name, renderText(text, context)]))
  for (const text of [...argv, ...Object.values(own)]) refuseNul(text)
  return {
    argv,
    env: { ...weirVariables(job, workRoot), ...inputVariables(inputs), ...own },
    image: job.image === null ? null : renderText(job.image, context),
    cwd: workdir(job.workdir === null ? '' : renderText(job.workdir, context), workRoot),
  }
}

/** The operating system ends an argument or a variable there, so that the program would see something else. */
function refuseNul(text: string): void {
  if (!text.includes('\0')) return
  throw new ExecutionError({
    code: 'command_nul',
    message: 'The command or its env holds a NUL character, which no argument and no variable can.',
    fix: 'Take it out of `run` and `env`; bytes of any kind go through an input file (WEIR_INPUTS).',
  })
}

const weirVariables = (job: Job, workRoot: string): Record<string, string> => ({
  WEIR_RUN_ID: job.run,
  WEIR_WORKFLOW: job.workflow,
  WEIR_STEP: job.step,
  WEIR_INDEX: job.index === null ? '' : String(job.index),
  WEIR_ATTEMPT: String(job.attempt),
  WEIR_INPUTS: posix.join(workRoot, INPUTS_FILE),
})

/** Texts and paths as they are, numbers and booleans as text, null as nothing, the rest as JSON; upper-case names. */
function inputVariables(inputs: Readonly<Record<string, Json>>): Record<string, string> {
  const variables: Record<string, string> = {}
  for (const [name, value] of Object.entries(inputs)) {
    const text = value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)
    if (text.length <= ENV_VALUE_LIMIT && !text.includes('\0')) variables[`WEIR_INPUT_${name.toUpperCase()}`] = text
  }
  return variables
}

function workdir(path: string, workRoot: string): string {
  if (path === '' || path === '.') return workRoot
  const fault = pathFault(path)
  if (fault === null) return posix.join(workRoot, path)
  throw new ExecutionError({
    code: 'workdir_outside',
    message: `The step cannot start in "${path}": the path ${fault}.`,
    fix: 'Name a folder below the working folder in `workdir`.',
  })
}
