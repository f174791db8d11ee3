import type { Json } from '../../../src-shared/contract/index.ts'

/** What an output is: the field under which its file stands. */
export const FORMS = ['json', 'text', 'files'] as const
export type Form = (typeof FORMS)[number]

const ENDINGS: Record<Form, string> = { json: '.json', text: '.txt', files: '/*' }

/** The file that an output is given until somebody says another one. */
export const guessedFile = (name: string, form: Form): string => `${name}${ENDINGS[form]}`

export const formOf = (spec: Readonly<Record<string, Json>>): Form | null => FORMS.find((one) => one in spec) ?? null

/** The same output in another form: files that somebody named stay, a guess becomes the guess of the new form. */
export function asForm(spec: Readonly<Record<string, Json>>, to: Form, name: string): Json {
  const from = formOf(spec)
  const named = from === null ? [] : [spec[from] ?? []].flat().filter((file) => file !== '' && file !== null)
  const [first] = named
  const isGuess = from !== null && named.length === 1 && isGuessed(first, from, name)
  if (first === undefined || isGuess) return { [to]: guessedFile(name, to) }
  return { [to]: to === 'files' && named.length > 1 ? named : first }
}

/** Named after the output, or after the name that a new one gets. */
const isGuessed = (file: Json | undefined, form: Form, name: string): boolean =>
  file === guessedFile(name, form) || (typeof file === 'string' && GUESSES.test(file))
const GUESSES = /^result\d*(\.json|\.txt|\/\*)$/

/** What an output reads after it was renamed: a guess follows the name. Null when its file stays. */
export function renamedSpec(spec: Readonly<Record<string, Json>>, from: string, to: string): Json | null {
  const form = formOf(spec)
  if (form === null || spec[form] !== guessedFile(from, form)) return null
  return { ...spec, [form]: guessedFile(to, form) }
}
