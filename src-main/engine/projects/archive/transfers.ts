import { randomBytes } from 'node:crypto'
import { mkdir, rm, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  type ActiveRuns,
  ProblemError,
  type ProjectExport,
  type ProjectImport,
} from '../../../../src-shared/contract/index.ts'
import { copyProjectDatabase, readCopy, SCHEMA_VERSION } from '../../storage/index.ts'
import { WEIR_VERSION } from '../../version.ts'
import { createDigestList } from './digests.ts'
import { FORMAT, type Manifest } from './format.ts'
import { measure, type Progress, packProject } from './pack.ts'
import { unpackProject } from './unpack.ts'

/** How long an export waits to be read, and is told about afterwards. */
const KEPT_MS = 15 * 60_000
/** Each holds a copy of a database. */
const MAX_WAITING = 16
const ID_BYTES = 24
/** Left free on the disk by an import: the engine goes on writing. */
const SPARE_BYTES = 64 * 1024 * 1024

export interface ExportedProject {
  readonly name: string
  readonly description: string
  readonly folder: string
}

export interface Download {
  readonly name: string
  readonly body: AsyncIterable<Uint8Array>
}

/** Exports and imports that are under way, or ended a while ago. */
export interface Transfers {
  /** Copies the database and counts what belongs to it; the archive is packed while it is read. */
  prepare(project: ExportedProject, active: ActiveRuns, signal: AbortSignal): Promise<ProjectExport>
  /** Refuses with transfer_not_found, as the others do. */
  exported(id: string): ProjectExport
  file(id: string): Download
  cancel(id: string): Promise<void>
  /** Refuses with project_in_use while an archive of the project in this folder is being made. */
  refuseExporting(folder: string): void
  /** Unpacks an archive into an empty folder. */
  receive(target: ImportTarget): Promise<Manifest>
  imported(id: string): ProjectImport
  close(): Promise<void>
}

export interface ImportTarget {
  readonly id: string | null
  readonly folder: string
  readonly body: AsyncIterable<Uint8Array>
  readonly isTrusted: boolean
  readonly accept: (manifest: Manifest) => void
  readonly signal: AbortSignal
}

interface Outgoing {
  readonly id: string
  /** Holds the copy */
  readonly temporary: string
  readonly project: ExportedProject
  readonly manifest: Manifest
  readonly done: Progress
  readonly stop: AbortController
  state: ProjectExport['state']
  problem: ProjectExport['problem']
}

type Incoming = Progress & { received: number; total: Progress | null } & Pick<ProjectImport, 'state' | 'problem'>

/** @param root folder for copies of databases: emptied */
export function createTransfers(root: string, now: () => number): Transfers {
  return new TransfersOfEngine(root, now)
}

class TransfersOfEngine implements Transfers {
  readonly #root: string
  readonly #now: () => number
  readonly #out = new Map<string, Outgoing>()
  readonly #in = new Map<string, Incoming>()
  readonly #timers = new Set<NodeJS.Timeout>()
  /** Copies that a killed engine left */
  readonly #cleared: Promise<void>
  #preparing = 0

  constructor(root: string, now: () => number) {
    this.#root = root
    this.#now = now
    this.#cleared = rm(root, { recursive: true, force: true })
    this.#cleared.catch(() => undefined) // whoever exports is told
  }

  async prepare(project: ExportedProject, active: ActiveRuns, signal: AbortSignal): Promise<ProjectExport> {
    const waiting = [...this.#out.values()].filter(({ state }) => state === 'ready' || state === 'sending').length
    if (waiting + this.#preparing >= MAX_WAITING) throw tooMany()
    this.#preparing += 1
    const id = randomBytes(ID_BYTES).toString('base64url')
    const temporary = join(this.#root, id)
    try {
      await this.#cleared
      await mkdir(temporary, { recursive: true, mode: 0o700 })
      const manifest = await this.#manifestOf(project, temporary, active)
      signal.throwIfAborted()
      const stop = new AbortController()
      const done = { files: 0, bytes: 0 }
      this.#out.set(id, { id, temporary, project, manifest, done, stop, state: 'ready', problem: null })
    } catch (error) {
      await rm(temporary, { recursive: true, force: true })
      throw error
    } finally {
      this.#preparing -= 1
    }
    this.#later(() => this.#outlive(id))
    return this.exported(id)
  }

  async #manifestOf(project: ExportedProject, temporary: string, active: ActiveRuns): Promise<Manifest> {
    const { name, description, folder } = project
    const database = join(temporary, 'project.db')
    const copied = await copyProjectDatabase(join(folder, 'project.db'), database, active === 'refuse')
    if ('active' in copied) throw inUse(name, copied.active)
    const reader = readCopy(database)
    const { files, bytes, leftOut } = await measure({ database, reader, folder }).finally(() => reader.close())
    const { workflows, drafts, runs, leftOut: leftOutRuns } = copied
    return {
      format: FORMAT,
      weir: WEIR_VERSION,
      schema: SCHEMA_VERSION,
      name,
      description,
      exportedAt: new Date(this.#now()).toISOString(),
      counts: { workflows, drafts, runs, leftOutRuns, leftOutFiles: leftOut },
      files,
      bytes,
    }
  }

  exported(id: string): ProjectExport {
    const { manifest, project, done, state, problem } = this.#outgoing(id)
    const { counts, files, bytes } = manifest
    return {
      id,
      project: project.name,
      file: `${project.name}-${manifest.exportedAt.slice(0, 10)}.weir.tar.gz`,
      address: `/api/v1/project-exports/${id}/file`,
      state,
      done: { ...done },
      total: { files, bytes },
      runs: counts.runs,
      leftOut: { runs: counts.leftOutRuns, files: counts.leftOutFiles },
      problem,
    }
  }

  file(id: string): Download {
    const transfer = this.#outgoing(id)
    if (transfer.state !== 'ready') throw notFound('This archive was read already, and is packed for one reader only.')
    return { name: this.exported(id).file, body: this.#archive(transfer) }
  }

  async *#archive(transfer: Outgoing): AsyncGenerator<Uint8Array> {
    if (transfer.state !== 'ready') throw notFound('This archive is being read by somebody else.')
    transfer.state = 'sending'
    const { temporary, project, manifest, done, stop } = transfer
    const database = join(temporary, 'project.db')
    const reader = readCopy(database)
    try {
      const digests = await createDigestList(join(temporary, 'digests.jsonl'))
      const source = { database, reader, folder: project.folder }
      yield* packProject({ manifest, source, digests, progress: done, signal: stop.signal })
      transfer.state = 'sent'
    } catch (error) {
      transfer.problem = problemOf(error)
      throw error
    } finally {
      if (transfer.state === 'sending') transfer.state = 'failed'
      if (transfer.state === 'failed') transfer.problem ??= problemOf(new Error('whoever read it went away'))
      reader.close()
      await rm(temporary, { recursive: true, force: true })
    }
  }

  async cancel(id: string): Promise<void> {
    this.#outgoing(id)
    await this.#giveUp(id)
  }

  refuseExporting(folder: string): void {
    for (const { project, state } of this.#out.values()) {
      if (project.folder !== folder || state !== 'sending') continue
      throw new ProblemError('project_in_use', `The project ${project.name} is being exported.`, {
        fix: 'Wait for the end of the export, or cancel it.',
      })
    }
  }

  async receive({ id, folder, body, isTrusted, accept, signal }: ImportTarget): Promise<Manifest> {
    const progress: Incoming = { received: 0, files: 0, bytes: 0, total: null, state: 'reading', problem: null }
    if (id !== null) {
      if (this.#in.has(id)) throw new ProblemError('bad_request', 'An import with this id was begun already.')
      this.#in.set(id, progress)
    }
    try {
      const manifest = await unpackProject({
        source: body,
        folder,
        isTrusted,
        progress,
        signal,
        async accept(manifest) {
          progress.total = { files: manifest.files, bytes: manifest.bytes }
          accept(manifest)
          await refuseWithoutRoom(folder, manifest.bytes)
        },
      })
      progress.state = 'done'
      return manifest
    } catch (error) {
      progress.state = 'failed'
      progress.problem = problemOf(error)
      throw error
    } finally {
      this.#later(() => void (id !== null && this.#in.delete(id)))
    }
  }

  imported(id: string): ProjectImport {
    const progress = this.#in.get(id)
    if (progress === undefined) throw notFound('There is no such import, or it ended long ago.')
    const { state, received, files, bytes, total, problem } = progress
    return { id, state, received, done: { files, bytes }, total, problem }
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    await Promise.all([...this.#out.keys()].map((id) => this.#giveUp(id)))
    await rm(this.#root, { recursive: true, force: true })
  }

  #outgoing(id: string): Outgoing {
    const transfer = this.#out.get(id)
    if (transfer === undefined) throw notFound('There is no such export, or it ended long ago.')
    return transfer
  }

  /** One that is being read stays until its end, however long that takes. */
  #outlive(id: string): void {
    if (this.#out.get(id)?.state === 'sending') this.#later(() => this.#outlive(id))
    else void this.#giveUp(id)
  }

  async #giveUp(id: string): Promise<void> {
    const transfer = this.#out.get(id)
    if (transfer === undefined) return
    this.#out.delete(id)
    transfer.stop.abort(new ProblemError('transfer_not_found', 'The export was given up.'))
    await rm(transfer.temporary, { recursive: true, force: true })
  }

  #later(act: () => unknown): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      void act()
    }, KEPT_MS)
    timer.unref()
    this.#timers.add(timer)
  }
}

async function refuseWithoutRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(folder))
  if (bytes + SPARE_BYTES <= bavail * bsize) return
  throw new ProblemError('disk_full', `The archive unpacks to ${bytes} bytes, and ${bavail * bsize} are free here.`, {
    fix: 'Free some space on the disk of the data folder, and import it again.',
  })
}

const problemOf = (error: unknown) =>
  (error instanceof ProblemError
    ? error
    : new ProblemError('internal', `It broke off: ${error instanceof Error ? error.message : String(error)}.`)
  ).toProblem()

const notFound = (detail: string): ProblemError =>
  new ProblemError('transfer_not_found', detail, { fix: 'Export the project once more.' })

const inUse = (name: string, count: number): ProblemError => {
  const runs = count === 1 ? '1 run of it has' : `${count} runs of it have`
  return new ProblemError('project_in_use', `The project ${name} is in use: ${runs} not ended.`, {
    field: 'body.active',
    fix: `Wait for their end, or leave them out: weir project export ${name} FILE --active leave-out`,
  })
}

const tooMany = (): ProblemError =>
  new ProblemError('too_many_requests', `${MAX_WAITING} exports wait to be read.`, {
    fix: 'Read one of them or give it up, then export again.',
  })
