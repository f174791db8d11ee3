import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { opener, startProgram } from './browser.ts'
import type { Session } from './connect.ts'
import { chosenDataFolder } from './data-folder.ts'
import type { ExitName } from './exit-codes.ts'
import { CliError } from './failure.ts'
import { formatTime } from './times.ts'

export interface ConsoleOptions {
  readonly open?: boolean
}

export async function makeLink(session: Session, options: ConsoleOptions): Promise<ExitName | undefined> {
  const { client, routes, output } = session
  const link = await client.call(routes.auth.createLink, {})
  await output.result(link, () => link.url)
  output.note(`It signs in once, until ${formatTime(link.expiresAt)}.`)
  if (options.open === true) await openLink(session, link.url)
  return undefined
}

async function openLink(session: Session, url: string): Promise<void> {
  const program = opener(process.platform, process.env)
  if (program === null) {
    throw new CliError(
      'failed',
      'no_desktop',
      'There is no desktop here that could open a browser.',
      'Open the address above in a browser of this machine, or of another one through: ssh -L 7767:127.0.0.1:7767 …',
    )
  }
  await startProgram(program, writePage(folderFor(session), url))
}

/** Beside the engine's data; with an engine elsewhere, in a new folder of this user's own. */
function folderFor({ context: { globals } }: Session): string {
  const isElsewhere =
    globals.engine !== undefined || (globals.data === undefined && Boolean(process.env['WEIR_ENGINE']))
  return isElsewhere ? mkdtempSync(join(tmpdir(), 'weir-console-')) : chosenDataFolder(globals.data)
}

/**
 * A page that only this user can read and that goes on to the link. The link itself must not be an argument of the
 * browser: every user of the machine can see those, and whoever is quicker would be signed in.
 */
function writePage(folder: string, url: string): string {
  const path = join(folder, 'console.html')
  const page = `<!doctype html>
<meta charset="utf-8">
<title>Weir</title>
<meta http-equiv="refresh" content="0; url=${url}">
<p><a href="${url}">Go on to Weir</a></p>
`
  writeFileSync(path, '', { mode: 0o600 })
  chmodSync(path, 0o600) // before anything is in it, also where it was there before
  writeFileSync(path, page)
  return path
}
