import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Blobs, openBlobStore } from '../assets/index.ts'
import type { JournalEntries, ThreadData } from '../orchestrator/index.ts'
import { openSqlite, type ProjectStorage } from '../storage/index.ts'
import { ProjectThread } from './thread.ts'

/** The project's database, in its folder */
export const DATABASE = 'project.db'

/** One project as the engine's main thread sees it: reads from its own handle, changes through the project's thread. */
export interface Project {
  readonly name: string
  readonly runsFolder: string
  readonly blobs: Blobs
  readonly thread: ProjectThread
  /** Read-only handle on the project's database */
  reader(): Promise<ProjectStorage>
  /** Told after each commit; returns the function that ends it. */
  onCommit(listener: (entries: JournalEntries) => void): () => void
  close(): Promise<void>
}

export interface ProjectOptions {
  readonly name: string
  readonly folder: string
  /** Bundle of the orchestrator's thread */
  readonly threadFile: string
  readonly engineId: string
  readonly capacity: ThreadData['capacity']
  readonly machine: ThreadData['machine']
  readonly retention: ThreadData['retention']
  readonly note: (text: string) => void
}

export async function openProject(options: ProjectOptions): Promise<Project> {
  const { name, folder, engineId, capacity, machine, retention } = options
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const listeners = new Set<(entries: JournalEntries) => void>()
  const database = join(folder, DATABASE)
  let reader: ProjectStorage | null = null
  const thread = new ProjectThread({
    file: options.threadFile,
    data: { project: name, folder, engineId, capacity, machine, retention },
    committed: (entries) => {
      for (const listener of listeners) listener(entries)
    },
    note: options.note,
  })
  return {
    name,
    runsFolder: join(folder, 'runs'),
    blobs: openBlobStore(join(folder, 'blobs')),
    thread,
    async reader() {
      if (reader === null) {
        // The thread makes the database and brings it up to date. Whoever reads it meanwhile is in the way of that: to
        // change how a database is kept takes it alone.
        await thread.call('stats')
        reader ??= openSqlite(database, { readOnly: true })
      }
      return reader
    },
    onCommit(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      await thread.close()
      await reader?.close()
      listeners.clear()
    },
  }
}
