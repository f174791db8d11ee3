import { type FSWatcher, watch } from 'node:fs'
import { dirname } from 'node:path'

/** Editors write a file in several steps. */
const QUIET_MS = 60

/** Calls back when files have changed. Folders are watched: editors replace files, and a watch on a file would be lost. */
export class FileWatch {
  private readonly onChange: () => void
  private readonly watchers = new Map<string, FSWatcher>()
  private files = new Set<string>()
  private timer: NodeJS.Timeout | null = null

  constructor(onChange: () => void) {
    this.onChange = onChange
  }

  /** @param files absolute paths; those of packages are left out */
  set(files: readonly string[]): void {
    this.files = new Set(files.filter((file) => !/[\\/]node_modules[\\/]/.test(file)))
    const folders = new Set([...this.files].map((file) => dirname(file)))
    for (const [folder, watcher] of this.watchers) {
      if (folders.has(folder)) continue
      watcher.close()
      this.watchers.delete(folder)
    }
    for (const folder of folders) if (!this.watchers.has(folder)) this.start(folder)
  }

  close(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    for (const watcher of this.watchers.values()) watcher.close()
    this.watchers.clear()
  }

  private start(folder: string): void {
    const watcher = watch(folder, (_event, name) => {
      const isOurs = name === null || [...this.files].some((file) => file.endsWith(name) && dirname(file) === folder)
      if (isOurs) this.changed()
    })
    watcher.on('error', () => this.watchers.delete(folder)) // removed: watched again when a build finds it
    this.watchers.set(folder, watcher)
  }

  private changed(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = setTimeout(() => this.onChange(), QUIET_MS)
  }
}
