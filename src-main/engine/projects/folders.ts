import { existsSync, readdirSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ProjectName } from '../../../src-shared/contract/index.ts'
import type { Registry } from './registry.ts'

/**
 * Makes projects of folders that the registry does not know: those of an engine before it had one, and copies that a
 * person put there. `always` are there without a folder, too.
 */
export function adoptFolders(registry: Registry, root: string, always: readonly string[], now: number): void {
  const known = registry.folders()
  const there = existsSync(root) ? readdirSync(root, { withFileTypes: true }) : []
  const found = there.filter((entry) => entry.isDirectory() && ProjectName.safeParse(entry.name).success)
  for (const name of new Set([...always, ...found.map((entry) => entry.name)])) {
    if (known.has(name) || registry.find(name) !== null) continue
    const made = statSync(join(root, name), { throwIfNoEntry: false })?.birthtimeMs ?? now
    registry.add({ folder: name, name, description: '', createdAt: Math.round(made), archivedAt: null })
  }
}

/**
 * Removes the folders of deleted projects, and of imports that a killed engine left. One that cannot be removed is said, and
 * tried again at the next start. Those that are being `filled` stay.
 */
export async function removeCondemned(
  registry: Registry,
  root: string,
  note: (text: string) => void,
  filled: ReadonlySet<string> = new Set(),
): Promise<void> {
  for (const folder of registry.condemned()) {
    if (filled.has(folder)) continue
    try {
      await rm(join(root, folder), { recursive: true, force: true })
      registry.forget(folder)
    } catch (error) {
      note(`the folder ${folder} of a deleted project stays: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}
