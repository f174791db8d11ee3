import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dataFolder } from '../cli/data-folder.ts'

/** What a start of the desktop was asked for on its command line. */
export interface Launch {
  /** The data folder */
  readonly data: string
  readonly isDefaultData: boolean
  /** Without a window, as at sign-in: in the tray only */
  readonly isHidden: boolean
  /** Files and links to open: absolute paths, or `weir://…` */
  readonly targets: readonly string[]
}

export interface LaunchContext {
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly home: string
}

const LINK = /^weir:/i

/** Reads arguments without the program itself. What belongs to Chromium or is unknown is passed over. */
export function parseLaunch({ args, cwd, env, platform, home }: LaunchContext): Launch {
  let given: string | undefined
  let isHidden = false
  const targets: string[] = []
  for (let i = 0; i < args.length; i += 1) {
    const argument = args[i] ?? ''
    if (argument === '--data') {
      i += 1
      given = args[i]
    } else if (argument.startsWith('--data=')) given = argument.slice('--data='.length)
    else if (argument === '--hidden') isHidden = true
    else if (LINK.test(argument)) targets.push(argument)
    // File managers of Linux hand files over as addresses.
    else if (argument.startsWith('file://')) targets.push(pathOf(argument))
    else if (!argument.startsWith('-') && argument !== '') targets.push(resolve(cwd, argument))
  }
  const choice = { env, platform, home }
  const data = given === undefined ? dataFolder({ given, ...choice }) : resolve(cwd, given)
  return {
    data,
    isDefaultData: data === dataFolder({ given: undefined, ...choice, env: withoutData(env) }),
    isHidden,
    targets,
  }
}

/** An address that is no path, e.g. of another machine, stays as it is: opening it then says so. */
function pathOf(address: string): string {
  try {
    return fileURLToPath(address)
  } catch {
    return address
  }
}

const withoutData = (env: LaunchContext['env']): LaunchContext['env'] => ({ ...env, WEIR_DATA: undefined })

/** The start of this process, or of one that handed its own over. */
export function launchOf(argv: readonly string[], cwd: string): Launch {
  const args = process.defaultApp === true ? withoutApp(argv) : argv.slice(1)
  return parseLaunch({ args, cwd, env: process.env, platform: process.platform, home: homedir() })
}

/** `electron FLAGS FOLDER …`, as a checkout is started: the folder is that of the app. */
function withoutApp(argv: readonly string[]): string[] {
  const at = argv.findIndex((argument, i) => i > 0 && !argument.startsWith('-'))
  return argv.filter((_argument, i) => i > 0 && i !== at)
}

const DIGEST_LENGTH = 16

/**
 * Where a desktop keeps what is its own: preferences, windows, the lock of the single instance. Every data folder has a
 * desktop of its own, so that two can be open on two of them.
 */
export function userFolder(base: string, { data, isDefaultData }: Launch): string {
  if (isDefaultData) return base
  return join(base, 'folders', createHash('sha256').update(data).digest('hex').slice(0, DIGEST_LENGTH))
}
