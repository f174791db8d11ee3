import type { AttemptFacts } from '../../../../src-shared/contract/index.ts'

type Command = NonNullable<AttemptFacts['command']>

const SHELL = ['/bin/sh', '-e', '-c']
const PLAIN = /^[\w@%+=:,./-]+$/

/** A command as one would type it: a text of the definition as it is, a list with quotes where a shell needs them. */
export function commandText({ argv }: Pick<Command, 'argv'>): string {
  const isText = argv.length === SHELL.length + 1 && SHELL.every((part, i) => argv[i] === part)
  if (isText) return argv[SHELL.length] ?? ''
  return argv.map((part) => (PLAIN.test(part) ? part : `'${part.replaceAll("'", `'\\''`)}'`)).join(' ')
}
