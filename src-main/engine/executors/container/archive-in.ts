import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Pack, pack } from 'tar-stream'
import { WORK_ROOT } from './spec.ts'

/** Whoever the image runs as, it may write in its working folder: nobody else is in there. */
const FOLDER_MODE = 0o777
const FILE_MODE = 0o666
const PROGRAM_MODE = 0o777
const ROOT_MODE = 0o755
const ANY_EXECUTE = 0o111

/**
 * Every file that is put into a container carries this time. What comes out of it with the same time and size was not
 * changed by the step. In 2001, so that no program takes it for newer than what it makes.
 */
export const PLACED_AT = new Date('2001-01-01T00:00:00Z')

/**
 * A tar of the working folder for the container's root: `weir/work/…`. Entries for which `leaveOut` holds (paths relative
 * to the working folder) are not in it. `extraFolders` are made too.
 */
export function packWork(work: string, leaveOut: (path: string) => boolean, extraFolders: readonly string[]): Readable {
  const tar = pack()
  const fill = async (): Promise<void> => {
    let above = ''
    for (const part of WORK_ROOT.split('/').filter((part) => part !== '')) {
      above += `${part}/`
      addFolder(tar, above, above === `${WORK_ROOT.slice(1)}/` ? FOLDER_MODE : ROOT_MODE)
    }
    for (const folder of extraFolders) addFolder(tar, `${above}${folder}/`, FOLDER_MODE)
    await addEntries(tar, work, '', above, leaveOut)
    tar.finalize()
  }
  fill().catch((error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))))
  return Readable.from(tar, { objectMode: false })
}

const addFolder = (tar: Pack, name: string, mode: number): void => {
  tar.entry({ name, type: 'directory', mode, mtime: PLACED_AT })
}

async function addEntries(
  tar: Pack,
  work: string,
  path: string,
  prefix: string,
  leaveOut: (path: string) => boolean,
): Promise<void> {
  for (const entry of await readdir(join(work, path), { withFileTypes: true })) {
    const child = path === '' ? entry.name : `${path}/${entry.name}`
    if (leaveOut(child)) continue
    if (entry.isDirectory()) {
      addFolder(tar, `${prefix}${child}/`, FOLDER_MODE)
      await addEntries(tar, work, child, prefix, leaveOut)
      continue
    }
    const { size, mode } = await stat(join(work, child))
    const permissions = (mode & ANY_EXECUTE) === 0 ? FILE_MODE : PROGRAM_MODE
    const sink = tar.entry({ name: `${prefix}${child}`, size, mode: permissions, mtime: PLACED_AT })
    await pipeline(createReadStream(join(work, child)), sink)
  }
}
