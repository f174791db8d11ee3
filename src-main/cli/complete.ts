import type { Argument, Command, Option } from 'commander'
import { FILES_DIRECTIVE } from './completion-scripts.ts'

export interface Candidate {
  readonly value: string
  readonly about: string
}

/** What only a running engine knows. Each answers with nothing when there is none. */
export interface Lookup {
  runs(): Promise<Candidate[]>
  workflows(): Promise<Candidate[]>
  projects(): Promise<Candidate[]>
  workspaces(): Promise<Candidate[]>
  modules(): Promise<Candidate[]>
  targets(): Promise<Candidate[]>
  workers(): Promise<Candidate[]>
  pools(): Promise<Candidate[]>
  steps(run: string): Promise<Candidate[]>
}

/** Where the cursor stands: the command, the words for its arguments, the option whose value is being typed. */
interface Place {
  readonly command: Command
  readonly args: readonly string[]
  readonly option: Option | null
  readonly current: string
}

/** Candidates for a place: known ones, and whether paths fit too. */
interface Answer {
  readonly candidates: readonly Candidate[]
  readonly files?: boolean
}

/** What the options and arguments mean whose values are not listed in the tree. */
const optionMeaning: Readonly<Record<string, Meaning>> = {
  workflow: 'workflow',
  project: 'project',
  workspace: 'workspace',
  base: 'workspace',
  module: 'module',
  run: 'run',
  keep: 'run',
  step: 'step',
  from: 'step',
  data: 'files',
  python: 'files',
  dir: 'files',
  paramsFile: 'files',
  to: 'files',
}
const argumentMeaning: Readonly<Record<string, Meaning>> = {
  project: 'project',
  workspace: 'workspace',
  base: 'workspace',
  module: 'module',
  target: 'target',
  run: 'run',
  'run-or-asset': 'run',
  name: 'workflow',
  file: 'files',
  'file-or-name': 'source',
  step: 'step',
  worker: 'worker',
  pool: 'pool',
  'module-file': 'files',
}
type Meaning =
  | 'project'
  | 'workspace'
  | 'module'
  | 'target'
  | 'worker'
  | 'pool'
  | 'run'
  | 'workflow'
  | 'step'
  | 'files'
  | 'source'

/**
 * Completes a command line from the command tree.
 * @param words what stands after `weir`, the last one unfinished (it may be empty)
 * @returns lines `value<TAB>description`, and `:files` when paths fit as well
 */
export async function complete(program: Command, words: readonly string[], lookup: Lookup): Promise<string[]> {
  const place = placeOf(program, words)
  const { candidates, files = false } = await answerAt(place, lookup)
  const fitting = candidates.filter((each) => each.value.startsWith(place.current))
  return [
    ...fitting.map(({ value, about }) => `${value}\t${about.replace(/\s+/g, ' ')}`),
    ...(files ? [FILES_DIRECTIVE] : []),
  ]
}

function placeOf(program: Command, words: readonly string[]): Place {
  let command = program
  let args: string[] = []
  let option: Option | null = null
  for (const word of words.slice(0, -1)) {
    if (option !== null) {
      option = null
      continue
    }
    if (word.startsWith('-')) {
      const found = optionsOf(command).find((each) => each.long === word || each.short === word)
      option = found !== undefined && (found.required || found.optional) ? found : null
      continue
    }
    const next: Command | undefined = args.length === 0 ? subcommand(command, word) : undefined
    if (next === undefined) args.push(word)
    else {
      command = next
      args = []
    }
  }
  return { command, args, option, current: words.at(-1) ?? '' }
}

const subcommand = (command: Command, name: string): Command | undefined =>
  command.commands.find((each) => each.name() === name || each.aliases().includes(name))

/** Options of a command and of those above it. */
const optionsOf = (command: Command): Option[] =>
  command.parent === null ? [...command.options] : [...command.options, ...optionsOf(command.parent)]

async function answerAt({ command, args, option, current }: Place, lookup: Lookup): Promise<Answer> {
  if (option !== null) {
    return await valuesOf(option.argChoices, optionMeaning[option.attributeName()], args[0], lookup)
  }
  if (current.startsWith('-')) {
    return {
      candidates: optionsOf(command)
        .filter((each) => !each.hidden)
        .map((each) => ({ value: each.long ?? each.flags, about: each.description })),
    }
  }
  if (command.commands.length > 0) {
    if (args.length > 0) return { candidates: [] } // a word that is no command: nothing sensible can follow
    return {
      candidates: command
        .createHelp()
        .visibleCommands(command)
        .map((each) => ({ value: each.name(), about: each.summary() || each.description() })),
    }
  }
  const argument = argumentAt(command, args.length)
  return argument === undefined
    ? { candidates: [] }
    : await valuesOf(argument.argChoices, argumentMeaning[argument.name()], args[0], lookup)
}

function argumentAt(command: Command, index: number): Argument | undefined {
  const last = command.registeredArguments.at(-1)
  return command.registeredArguments[index] ?? (last?.variadic === true ? last : undefined)
}

async function valuesOf(
  choices: readonly string[] | undefined,
  meaning: Meaning | undefined,
  run: string | undefined,
  lookup: Lookup,
): Promise<Answer> {
  if (choices !== undefined) return { candidates: choices.map((value) => ({ value, about: '' })) }
  switch (meaning) {
    case 'run':
      return { candidates: await lookup.runs() }
    case 'project':
      return { candidates: await lookup.projects() }
    case 'module':
      return { candidates: await lookup.modules() }
    case 'target':
      return { candidates: await lookup.targets() }
    case 'workspace':
      return { candidates: await lookup.workspaces() }
    case 'worker':
      return { candidates: await lookup.workers() }
    case 'pool':
      return { candidates: await lookup.pools() }
    case 'workflow':
      return { candidates: await lookup.workflows() }
    case 'source':
      return { candidates: await lookup.workflows(), files: true }
    case 'step':
      return { candidates: run === undefined ? [] : await lookup.steps(run) }
    case 'files':
      return { candidates: [], files: true }
    case undefined:
      return { candidates: [] }
  }
}
