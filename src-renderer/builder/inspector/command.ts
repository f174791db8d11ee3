import type { Json } from '../../../src-shared/contract/index.ts'
import { showValue } from './values.ts'

/*
 * A command is a text for the shell, or a list without one. Changing between the two keeps what it does as far as that
 * is possible without understanding the shell.
 */

const PLAIN_WORD = /^[\w@%+=:,./-]+$/
/** Characters that mean something to the shell, outside of expressions. */
const SHELL_SIGNS = /["'`\\$&|;<>()*?[\]#~!{}\n]/

/** A command as a list. A text that needs the shell keeps it. */
export function asList(run: Json | undefined): string[] {
  if (Array.isArray(run)) return run.map(showValue)
  const text = typeof run === 'string' ? run.trim() : ''
  if (text === '') return ['']
  const words = wordsOf(text)
  if (text.includes('\n')) return ['sh', '-ec', text]
  return words.some((word) => SHELL_SIGNS.test(withoutExpressions(word))) ? ['sh', '-ec', text] : words
}

/** A list as a text for the shell, each argument quoted where it must be. */
export function asScript(run: Json | undefined): string {
  if (!Array.isArray(run)) return typeof run === 'string' ? run : ''
  const words = run.map(showValue)
  const [shell, flag, script] = words
  if (words.length === 3 && shell === 'sh' && (flag === '-c' || flag === '-ec')) return script ?? ''
  return words.map(quoted).join(' ')
}

/** Words between spaces; spaces inside of `${{ }}` belong to the word. */
function wordsOf(text: string): string[] {
  return text.match(/(?:\$\{\{.*?\}\}|[^\s])+/g) ?? []
}

const withoutExpressions = (text: string): string => text.replace(/\$\{\{.*?\}\}/g, '')

function quoted(word: string): string {
  const rest = withoutExpressions(word)
  if (rest === '' && word !== '') return word
  if (PLAIN_WORD.test(rest)) return word
  return `'${word.replaceAll("'", `'\\''`)}'`
}

/** What the editor shows of a script: its last line break is no line of its own. */
export const shownScript = (run: Json | undefined): string =>
  typeof run === 'string' ? run.replace(/\n$/, '') : asScript(run)

/** What is written: several lines end with a line break, so that YAML writes them as a plain block. */
export const writtenScript = (typed: string): string => (typed.includes('\n') ? `${typed}\n` : typed)
