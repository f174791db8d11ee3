import type { DraftContent } from '../../src-shared/contract/index.ts'

/**
 * What was typed and is not confirmed by the engine, in this browser's own database: it outlives a crash, a reload, and
 * an engine that is away. Each window keeps its own record, so that two of them never overwrite each other.
 */
export interface BackupRecord {
  readonly draft: string
  /** The window that typed it */
  readonly window: string
  readonly content: DraftContent
  /** The revision of the engine's draft that it follows */
  readonly revision: number
  readonly at: number
}

export interface Backups {
  /** Written in order; only the newest of those that wait is written. */
  put(record: BackupRecord): void
  remove(draft: string, window: string): void
  /** All records of windows that are gone */
  left(): Promise<readonly BackupRecord[]>
}

const DATABASE = 'weir'
const STORE = 'drafts'
const LOCK = 'weir.window.'

/** This window, until it is reloaded. Its lock tells other windows that it is alive. */
export const WINDOW_ID = crypto.randomUUID()

/** A browser without a database (a private window of some): the engine's copy is the only one. */
const NOWHERE: Backups = { put: () => undefined, remove: () => undefined, left: async () => [] }

let opened: Promise<Backups> | null = null

export function openBackups(): Promise<Backups> {
  opened ??= openDatabase().then(
    (database) => {
      holdLock()
      return backupsIn(database)
    },
    () => NOWHERE,
  )
  return opened
}

function holdLock(): void {
  // Held until the window goes; a page without locks (an address that is not secure) is seen as gone.
  void navigator.locks?.request(LOCK + WINDOW_ID, () => new Promise<never>(() => undefined))
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('The database of this browser cannot be opened.'))
  })
}

const keyOf = (draft: string, window: string): string => `${draft}/${window}`

function backupsIn(database: IDBDatabase): Backups {
  /** By key: the record to write, or null to remove it */
  const waiting = new Map<string, BackupRecord | null>()
  let isWriting = false
  const write = (): void => {
    const [next] = waiting
    if (next === undefined || isWriting) return
    const [key, record] = next
    waiting.delete(key)
    isWriting = true
    const transaction = database.transaction(STORE, 'readwrite')
    const store = transaction.objectStore(STORE)
    if (record === null) store.delete(key)
    else store.put(record, key)
    const done = (): void => {
      isWriting = false
      write()
    }
    transaction.oncomplete = done
    // A full disk: the engine's copy is saved all the same, and the next change tries again.
    transaction.onabort = done
  }
  const schedule = (key: string, record: BackupRecord | null): void => {
    waiting.set(key, record)
    write()
  }
  return {
    put: (record) => schedule(keyOf(record.draft, record.window), record),
    remove: (draft, window) => schedule(keyOf(draft, window), null),
    async left() {
      const records = await all(database)
      const alive = await livingWindows()
      return records.filter((record) => !alive.has(record.window)).toSorted((a, b) => b.at - a.at)
    },
  }
}

function all(database: IDBDatabase): Promise<BackupRecord[]> {
  return new Promise((resolve) => {
    const request = database.transaction(STORE).objectStore(STORE).getAll()
    request.onsuccess = () => resolve(request.result as BackupRecord[])
    request.onerror = () => resolve([])
  })
}

async function livingWindows(): Promise<ReadonlySet<string>> {
  const held = (await navigator.locks?.query())?.held ?? []
  return new Set([WINDOW_ID, ...held.map((lock) => (lock.name ?? '').replace(LOCK, ''))])
}
