import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** What decides where the data folder is. */
export interface FolderChoice {
  /** `--data` */
  readonly given: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly home: string
}

/** The data folder: as given, or WEIR_DATA, or where the platform keeps data of programs. Absolute. */
export function dataFolder({ given, env, platform, home }: FolderChoice): string {
  const named = given ?? env['WEIR_DATA']
  if (named !== undefined && named !== '') return resolve(named)
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Weir')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Weir')
  return join(env['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'weir')
}

/** The same for this process. */
export const chosenDataFolder = (given: string | undefined): string =>
  dataFolder({ given, env: process.env, platform: process.platform, home: homedir() })
