import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import picomatch from 'picomatch'
import type { Job } from '../executor.ts'
import { OutputError } from '../failure.ts'
import { executionFolder, INPUTS_FILE, INPUTS_FOLDER } from '../folder.ts'
import type { DockerApi } from './api.ts'
import { linkedEntry, unpackWork } from './archive-out.ts'
import { mountedEntries, WORK_ROOT } from './spec.ts'
import { changedEntries, wantedEntries } from './wanted.ts'

/**
 * Copies what the outputs can mean from an ended container into the execution's `work/`, so that it looks as if the step
 * had run there: changed files, symlinks and what they lead to; files of the workflow that the step deleted are gone.
 * Nothing is copied for a step without outputs. Can be repeated.
 */
export async function copyOutputs(api: DockerApi, id: string, job: Job, signal: AbortSignal): Promise<void> {
  const wanted = wantedEntries(job.outputs)
  if (wanted.names.length > 0 || wanted.matches !== null) await ensureMountSources(job)
  const { work } = executionFolder(job.folder)
  const placed = new Map(job.files.map(({ path, size }) => [path, size]))
  const isPlaced = (path: string, size: number): boolean => placed.get(path) === size
  const { matches } = wanted
  const spelled = matches === null ? [] : changedEntries(await api.changes(id)).filter(matches)
  const queue = new Set([...wanted.names, ...spelled])
  if (matches !== null) await removeDeleted(job, work, (path) => matches(topOf(path)) && !queue.has(topOf(path)))
  for (const name of queue) {
    const source = await api.getArchive(id, `${WORK_ROOT}/${name}`, signal)
    const unpacked = source === null ? null : await unpackWork(source, work, isPlaced, signal)
    await removeDeleted(job, work, (path) => topOf(path) === name && unpacked?.paths.has(path) !== true)
    if (unpacked === null) continue
    refuseSpecials(job, unpacked.specials)
    for (const [path, target] of unpacked.links) {
      const next = linkedEntry(path, target)
      if (next !== null && next !== INPUTS_FOLDER && next !== INPUTS_FILE) queue.add(next) // a Set hands out what is added while it is walked
    }
  }
}

/** Docker opens a container with its mounts, so they have to be there, even after a crash that took them. */
async function ensureMountSources(job: Job): Promise<void> {
  const { work } = executionFolder(job.folder)
  const hasInputs = mountedEntries(job).includes(INPUTS_FOLDER)
  await mkdir(hasInputs ? join(work, INPUTS_FOLDER) : work, { recursive: true })
  await (await open(join(work, INPUTS_FILE), 'a')).close()
}

const topOf = (path: string): string => path.split('/')[0] ?? ''

/** Files of the workflow that are not in the container any more. */
async function removeDeleted(job: Job, work: string, isDeleted: (path: string) => boolean): Promise<void> {
  for (const { path } of job.files) if (isDeleted(path)) await rm(join(work, path), { force: true })
}

function refuseSpecials(job: Job, specials: readonly string[]): void {
  if (specials.length === 0) return
  for (const [name, spec] of Object.entries(job.outputs)) {
    const paths = 'json' in spec ? [spec.json] : 'text' in spec ? [spec.text] : [spec.files].flat()
    const found = specials.find((path) => picomatch.isMatch(path, paths))
    if (found === undefined) continue
    throw new OutputError({
      code: 'output_refused',
      message: `Output "${name}" cannot take "${found}": it is a named pipe or a device, not a file.`,
      fix: 'Write what is meant into a regular file.',
    })
  }
}
