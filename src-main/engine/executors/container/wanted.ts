import { posix } from 'node:path'
import picomatch from 'picomatch'
import type { OutputSpec } from '../../../../src-shared/contract/index.ts'
import { INPUTS_FILE, INPUTS_FOLDER } from '../folder.ts'
import { WORK_ROOT } from './spec.ts'

/** Which entries at the top of the working folder hold outputs. */
export interface Wanted {
  /** Their names, where the outputs spell them */
  readonly names: readonly string[]
  /** True for a name that an output may mean although it is not spelled; null when all are spelled */
  readonly matches: ((name: string) => boolean) | null
}

/** Looks at the first part of every output's path or glob. Inputs are never fetched back. */
export function wantedEntries(outputs: Readonly<Record<string, OutputSpec>>): Wanted {
  const names = new Set<string>()
  const globs: string[] = []
  for (const path of Object.values(outputs).flatMap(pathsOf)) {
    const [first = ''] = posix.normalize(path).split('/')
    const { isGlob } = picomatch.scan(first)
    if (isGlob) globs.push(first)
    else if (first !== INPUTS_FOLDER && first !== INPUTS_FILE && first !== '.' && first !== '..') names.add(first)
  }
  const isMatch = picomatch(globs, { dot: true })
  return { names: [...names], matches: globs.length === 0 ? null : isMatch }
}

/** Paths and globs; a glob that takes away (`!`) adds nothing. Brace lists over slashes are taken as "anything". */
const pathsOf = (spec: OutputSpec): string[] => {
  if ('json' in spec) return [spec.json]
  if ('text' in spec) return [spec.text]
  const globs = typeof spec.files === 'string' ? [spec.files] : spec.files
  return globs.filter((glob) => !glob.startsWith('!')).map((glob) => (/[{(][^})]*\//.test(glob) ? '**' : glob))
}

/** Names of the entries at the top of the working folder among the paths that a container changed. */
export function changedEntries(changes: readonly string[]): string[] {
  const names = new Set<string>()
  for (const path of changes) {
    if (!path.startsWith(`${WORK_ROOT}/`)) continue
    const [name = ''] = path.slice(WORK_ROOT.length + 1).split('/')
    if (name !== INPUTS_FOLDER && name !== INPUTS_FILE) names.add(name)
  }
  return [...names]
}
