import { ProblemError } from '../../../src-shared/contract/index.ts'

/** Files that a person picked or dropped, with their place in the folder. Paths use forward slashes. */
export interface PickedFile {
  readonly path: string
  readonly file: File
  /** Known of files from an archive */
  readonly isExecutable?: boolean
}

export interface Picked {
  /** Name of the folder, or null when single files were picked */
  readonly folder: string | null
  readonly files: readonly PickedFile[]
}

/** The contract's limit on the files of an asset or workflow. */
export const MAX_FILES = 10_000
/** Never taken along with a folder; the CLI leaves out the same. */
const SKIPPED_FOLDERS: ReadonlySet<string> = new Set(['.git', 'node_modules', '__pycache__'])

/** What a file input holds; with `webkitdirectory` a folder. */
export function pickedByInput(files: readonly File[]): Picked {
  const folder = files[0]?.webkitRelativePath.split('/')[0] ?? ''
  if (folder === '') return { folder: null, files: files.map((file) => ({ path: file.name, file })) }
  const inside = files.map((file) => ({ path: file.webkitRelativePath.slice(folder.length + 1), file }))
  return { folder, files: bounded(inside.filter(({ path }) => !isSkipped(path))) }
}

/** What was dropped. The entries must be taken at once: the browser empties the list after the event. */
export function pickedByDrop(transfer: DataTransfer): Promise<Picked> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? [])
  if (entries.length > 0) return readEntries(entries)
  // Some programs hand over files without a place in a file system.
  const files = [...transfer.files].map((file) => ({ path: file.name, file }))
  return Promise.resolve({ folder: null, files })
}

async function readEntries(entries: readonly FileSystemEntry[]): Promise<Picked> {
  const [first] = entries
  if (entries.length === 1 && first !== undefined && isFolder(first)) {
    const files: PickedFile[] = []
    await readFolder(first, '', files)
    return { folder: first.name, files: byPath(files) }
  }
  const files: PickedFile[] = []
  for (const entry of entries) {
    if (isFolder(entry)) await readFolder(entry, `${entry.name}/`, files)
    else files.push({ path: entry.name, file: await fileOf(entry) })
  }
  return { folder: null, files: byPath(files) }
}

async function readFolder(folder: FileSystemDirectoryEntry, prefix: string, into: PickedFile[]): Promise<void> {
  const reader = folder.createReader()
  // A reader hands out its entries in parts (100 in Chromium), and an empty part at the end.
  for (let part = await next(reader); part.length > 0; part = await next(reader)) {
    for (const entry of part) {
      const path = prefix + entry.name
      if (!isFolder(entry)) into.push({ path, file: await fileOf(entry) })
      else if (!SKIPPED_FOLDERS.has(entry.name)) await readFolder(entry, `${path}/`, into)
      bounded(into)
    }
  }
}

const next = (reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> =>
  new Promise((resolve, reject) => reader.readEntries(resolve, reject))

const fileOf = (entry: FileSystemEntry): Promise<File> =>
  new Promise((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))

const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory

const isSkipped = (path: string): boolean =>
  path
    .split('/')
    .slice(0, -1)
    .some((part) => SKIPPED_FOLDERS.has(part))

function bounded<T>(files: T[]): T[] {
  if (files.length <= MAX_FILES) return files
  throw new ProblemError('payload_too_large', `The folder holds more than ${MAX_FILES.toLocaleString()} files.`, {
    fix: 'Pack them into an archive, or choose a smaller folder.',
  })
}

const byPath = (files: PickedFile[]): PickedFile[] => bounded(files).sort((a, b) => (a.path < b.path ? -1 : 1))
