import { z } from 'zod'
import { ProblemError } from '../../../src-shared/contract/index.ts'
import { sentence } from '../../api/problem.ts'

const Said = z.object({ field: z.string(), message: z.string(), fix: z.string().optional() })

/**
 * What the engine said about single fields (`params_invalid`), by their names; empty when the error is about something
 * else, and belongs beside the form.
 */
export function problemsOfAnswer(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof ProblemError) || error.code !== 'params_invalid') return {}
  const { field, fix, problems = [] } = error.context
  const said: Record<string, string> = {}
  for (const problem of problems) {
    const read = Said.safeParse(problem)
    if (read.success) said[nameIn(read.data.field)] ??= inWords(read.data.message, read.data.fix)
  }
  if (Object.keys(said).length === 0 && field !== undefined) said[nameIn(field)] = inWords(error.message, fix)
  return said
}

/** `body.params.year` and `body.answers.year` are about `year`. */
const nameIn = (field: string): string => field.replace(/^body\.(params|answers)\./, '').split(/[.[]/)[0] ?? field

function inWords(message: string, fix: string | undefined): string {
  const text = sentence(message.replaceAll('`', ''))
  return fix === undefined ? text : `${text} ${sentence(fix)}`
}
