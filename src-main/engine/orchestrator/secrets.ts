import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Values of secret parameters, one file a run, readable by the owner alone. They are kept out of the journal, the blob
 * store and every answer of the API, and stay with the run because its logs are masked with them when they are read.
 */
export interface Secrets {
  write(run: string, values: Readonly<Record<string, string>>): Promise<void>
  read(run: string): Promise<Record<string, string>>
}

const FILE = 'secrets.json'

export function createSecrets(runsFolder: string): Secrets {
  return {
    async write(run, values) {
      const folder = join(runsFolder, run)
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const file = await open(join(folder, `${FILE}.new`), 'w', 0o600)
      try {
        await file.writeFile(JSON.stringify(values))
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(join(folder, `${FILE}.new`), join(folder, FILE))
    },
    read: (run) => readSecrets(runsFolder, run),
  }
}

/** Values of a run's secrets by name; none when it has none. */
export async function readSecrets(runsFolder: string, run: string): Promise<Record<string, string>> {
  try {
    return JSON.parse(await readFile(join(runsFolder, run, FILE), 'utf8')) as Record<string, string>
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}
