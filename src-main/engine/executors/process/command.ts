import { accessSync, constants, statSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { ExecutionError } from '../failure.ts'

/**
 * What a step gets from the engine's own environment: enough to find programs and files in the user's language. The
 * rest (tokens, settings of a terminal) stays out, so that a step runs the same wherever the engine was started.
 */
const PASSED_ON = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR'] as const
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export function processEnvironment(engine: NodeJS.ProcessEnv): Record<string, string> {
  const env: Record<string, string> = { PATH: DEFAULT_PATH }
  for (const name of PASSED_ON) {
    const value = engine[name]
    if (value !== undefined && value !== '') env[name] = value
  }
  return env
}

/** @throws ExecutionError unless the command can start in this folder. */
export function checkWorkdir(cwd: string, workdir: string | null): void {
  if (statSync(cwd, { throwIfNoEntry: false })?.isDirectory() === true) return
  throw new ExecutionError({
    code: 'workdir_missing',
    message: `The step cannot start in "${workdir ?? cwd}": there is no such folder in the working folder.`,
    fix: "Put a file of the workflow into it, or leave `workdir` out and make the folder in the step's command.",
  })
}

/**
 * The program that a name means: searched in PATH, or relative to the folder in which it starts when it has a slash.
 * @throws ExecutionError when there is none, or it may not be executed.
 */
export function findProgram(name: string, path: string, cwd: string): string {
  const candidates = name.includes('/')
    ? [isAbsolute(name) ? name : join(cwd, name)]
    : path.split(':').map((folder) => join(resolve(cwd, folder), name))
  const files = candidates.filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true)
  const program = files.find(isExecutable)
  if (program !== undefined) return program
  const [refused] = files
  throw new ExecutionError(refused === undefined ? notFound(name, path) : notExecutable(refused))
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    // Whatever the reason, it cannot be started.
    return false
  }
}

export const notFound = (name: string, path: string | null) => ({
  code: 'command_not_found',
  message: name.includes('/') ? `There is no program "${name}".` : `The program "${name}" was not found.`,
  fix: name.includes('/')
    ? 'Correct the path, or list the file under `files` of the workflow.'
    : `Install it, correct its name, or set PATH in the step's env${path === null ? '' : ` (it is ${path})`}.`,
})

export const notExecutable = (file: string) => ({
  code: 'command_not_executable',
  message: `"${file}" is there, but may not be executed.`,
  fix: 'Give it the permission (chmod +x), or start it through its interpreter, e.g. "sh script.sh".',
})
