import { isAbsent, type Json } from '../contract/index.ts'
import { briefValue } from './brief.ts'

/** A parameter of a target, as far as arguments are named by it. */
export interface NamedParameter {
  readonly name: string
  readonly kind: 'positional' | 'variadic' | 'named'
}

/** Longest line of arguments */
const LINE_LIMIT = 120

/**
 * Arguments of a call by the names of the parameters. What a variadic parameter takes gets its name and position
 * (`files[0]`), an argument without a parameter its position alone; what was left out is left out.
 */
export function namedArguments(
  args: readonly Json[],
  named: Readonly<Record<string, Json>>,
  parameters: readonly NamedParameter[],
): Record<string, Json> {
  const fixed = parameters.filter(({ kind }) => kind === 'positional')
  const rest = parameters.find(({ kind }) => kind === 'variadic')
  const entries: [string, Json][] = []
  for (const [position, value] of args.entries()) {
    if (isAbsent(value)) continue
    const name = fixed[position]?.name ?? `${rest?.name ?? ''}[${position - (rest === undefined ? 0 : fixed.length)}]`
    entries.push([name, value])
  }
  return Object.fromEntries([...entries, ...Object.entries(named)])
}

/** Arguments in one line: `x=3, data=train[0]`. */
export function briefArguments(named: Readonly<Record<string, Json>>): string {
  let line = ''
  for (const [name, value] of Object.entries(named)) {
    line += `${line === '' ? '' : ', '}${name}=${briefValue(value)}`
    if (line.length > LINE_LIMIT) return `${line.slice(0, LINE_LIMIT - 1)}…`
  }
  return line
}
