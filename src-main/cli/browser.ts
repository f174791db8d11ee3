import { spawn } from 'node:child_process'
import { CliError } from './failure.ts'

/** A program that opens what is named after `args` with what the person has chosen for it. */
export interface Opener {
  readonly program: string
  readonly args: readonly string[]
}

/** How long a program that opens something has to fail; one that works may stay as long as the browser. */
const FAILS_WITHIN_MS = 3_000

/** What opens pages here; null when nobody looks at this machine. */
export function opener(platform: NodeJS.Platform, env: Readonly<Record<string, string | undefined>>): Opener | null {
  if (platform === 'darwin') return { program: 'open', args: [] }
  if (platform === 'win32') return { program: 'rundll32', args: ['url.dll,FileProtocolHandler'] }
  const hasDisplay = Boolean(env['DISPLAY']) || Boolean(env['WAYLAND_DISPLAY'])
  return hasDisplay ? { program: 'xdg-open', args: [] } : null
}

/** Starts it, apart from this program. @throws CliError when it cannot be started, or fails at once */
export function startProgram({ program, args }: Opener, target: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args, target], { detached: true, stdio: 'ignore' })
    const timer = setTimeout(resolve, FAILS_WITHIN_MS)
    const fail = (reason: string): void => {
      clearTimeout(timer)
      reject(
        new CliError(
          'failed',
          'no_browser',
          `The browser could not be opened: ${reason}.`,
          'Open the address above in a browser.',
        ),
      )
    }
    child.once('error', (error) => fail(`${program}: ${error.message}`))
    child.once('exit', (code) => {
      if (code !== 0) return fail(`${program} ended with ${code ?? 'a signal'}`)
      clearTimeout(timer)
      resolve()
    })
    child.unref()
  })
}
