import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { EngineUnreachable, problemOf } from '../../src-shared/client/index.ts'
import { type ActiveRuns, ProblemError, type ProjectExport } from '../../src-shared/contract/index.ts'
import type { Session } from './connect.ts'
import { publish } from './download.ts'
import type { ExitName } from './exit-codes.ts'
import { CliError, explainSystemError } from './failure.ts'
import { formatBytes } from './times.ts'
import { TransferMeter } from './transfer.ts'

export interface ExportOptions {
  readonly active: ActiveRuns
  readonly force?: boolean
}
export interface ImportOptions {
  readonly name?: string
  readonly trusted?: boolean
}

type Done = Promise<ExitName | undefined>

/** Name of the file that stands for standard output, or input. */
const STANDARD = '-'
const CHUNK_BYTES = 256 * 1024

export async function exportProject(session: Session, options: ExportOptions, project: string, file: string): Done {
  const { client, routes, output } = session
  const path = resolve(file)
  if (file !== STANDARD && options.force !== true) await refuseExisting(path)
  const prepared = await client.call(routes.projects.export, {
    params: { project },
    body: { active: options.active },
  })
  let size = 0
  const archive = async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of archiveOf(session, prepared)) {
      size += piece.length
      yield piece
    }
  }
  if (file === STANDARD) {
    for await (const piece of archive()) await output.raw(piece)
    output.note(`${sentence(project, prepared)} ${formatBytes(size)}.`)
    return undefined
  }
  await write(path, archive(), options.force === true)
  await output.result({ path, size, runs: prepared.runs, leftOut: prepared.leftOut }, () =>
    output.quiet ? path : `${sentence(project, prepared)} ${path}, ${formatBytes(size)}.`,
  )
  return undefined
}

function sentence(project: string, { runs, leftOut, total }: ProjectExport): string {
  const without = [
    ...(leftOut.runs === 0 ? [] : [counted(leftOut.runs, 'run that has not ended', 'runs that have not ended')]),
    ...(leftOut.files === 0 ? [] : [counted(leftOut.files, 'link or special file', 'links or special files')]),
  ]
  const rest = without.length === 0 ? '' : `, without ${without.join(' and ')}`
  return `Exported project ${project}: ${counted(runs, 'run', 'runs')}, ${formatBytes(total.bytes)} of files${rest}.`
}

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`

/** What the engine packs, with a line about how far it is. A cut is told with the engine's reason. */
async function* archiveOf(session: Session, { id, total }: ProjectExport): AsyncGenerator<Uint8Array> {
  const { client, routes, output } = session
  const params = { export: id }
  const meter = new TransferMeter(output, 'Exporting', null)
  let isWhole = false
  try {
    const { body } = await client.bytes(routes.projects.exportFile, { params })
    for await (const piece of body) {
      meter.add(piece.length)
      yield piece
    }
    isWhole = true
  } catch (error) {
    throw (await reasonOf(error, () => client.call(routes.projects.getExport, { params }))) ?? error
  } finally {
    meter.end()
    // Whoever stops to read it, e.g. a full disk here, leaves nothing over there. That one may be gone as well.
    if (!isWhole) await client.call(routes.projects.cancelExport, { params }).catch(() => undefined)
  }
  const { done } = await client.call(routes.projects.getExport, { params })
  if (done.files !== total.files) throw new ProblemError('archive_invalid', 'The archive did not come to its end.')
}

/** Appears under its name when it is whole. */
async function write(target: string, body: AsyncIterable<Uint8Array>, force: boolean): Promise<void> {
  await mkdir(dirname(target), { recursive: true })
  const part = join(dirname(target), `.${randomUUID()}.part`)
  const handle = await open(part, 'wx', 0o600)
  try {
    for await (const piece of body) await handle.writeFile(piece)
    await handle.sync()
    await handle.close()
    await publish(part, target, force, OVER)
  } finally {
    await handle.close()
    await rm(part, { force: true })
  }
}

const OVER = 'Name another file, or write over it with --force.'

/** Said before an hour of packing; a file that comes meanwhile is seen at the end. */
async function refuseExisting(target: string): Promise<void> {
  if ((await stat(target).catch(() => null)) === null) return
  throw new CliError('usage', 'file_exists', `${target} is there already.`, OVER)
}

export async function importProject(session: Session, options: ImportOptions, file: string): Done {
  const { client, routes, output } = session
  const id = randomUUID()
  const size = file === STANDARD ? null : await sizeOf(file)
  const meter = new TransferMeter(output, 'Importing', size)
  const body = async function* (): AsyncGenerator<Uint8Array> {
    const source: AsyncIterable<Buffer> =
      file === STANDARD ? process.stdin : createReadStream(file, { highWaterMark: CHUNK_BYTES })
    for await (const piece of source) {
      meter.add(piece.length)
      yield piece
    }
  }
  const query = {
    id,
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.trusted === true ? { trusted: 'true' } : {}),
  }
  try {
    const project = await client.call(routes.projects.import, { query, body: body() })
    await output.result(project, () => `Imported project ${project.name}. Use it with: --project ${project.name}`)
    return undefined
  } catch (error) {
    throw (await reasonOf(error, () => client.call(routes.projects.getImport, { params: { import: id } }))) ?? error
  } finally {
    meter.end()
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size
  } catch (error) {
    throw explainSystemError(error)
  }
}

/** An engine that refuses in the middle of a stream can only cut it: the reason is asked for. */
async function reasonOf(
  error: unknown,
  ask: () => Promise<{ readonly problem: ProjectExport['problem'] }>,
): Promise<ProblemError | null> {
  if (!(error instanceof EngineUnreachable)) return null
  const problem = await ask().then(
    ({ problem }) => problem,
    () => null, // it is gone: the cut itself is what is known
  )
  if (problem === null) return null
  return problemOf(problem.status, JSON.stringify(problem), '')
}
