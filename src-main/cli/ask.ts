import { createInterface } from 'node:readline'
import { CliError, Interrupted } from './failure.ts'
import type { Output } from './output.ts'

/**
 * Asks a person, on stderr, so that stdout stays clean.
 * @throws Interrupted on Ctrl-C or when the input ends
 */
export function ask(
  question: string,
  options: { readonly hidden?: boolean; readonly signal?: AbortSignal } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = createInterface({ input: process.stdin, output: process.stderr, terminal: true })
    let answered = false
    const leave = (error: Error): void => {
      answered = true
      reader.close()
      reject(error)
    }
    const onAbort = (): void => {
      process.stderr.write('\n')
      leave(options.signal?.reason instanceof Error ? options.signal.reason : new Interrupted())
    }
    options.signal?.addEventListener('abort', onAbort, { once: true })
    reader.once('SIGINT', () => {
      process.stderr.write('\n')
      leave(new Interrupted())
    })
    reader.once('close', () => {
      options.signal?.removeEventListener('abort', onAbort)
      if (!answered) reject(new Interrupted())
    })
    reader.question(question, (answer) => {
      answered = true
      if (options.hidden === true) process.stderr.write('\n')
      reader.close()
      resolve(answer)
    })
    // The question is on the screen by now; readline echoes what is typed by this function.
    if (options.hidden === true && '_writeToOutput' in reader) reader._writeToOutput = () => undefined
  })
}

/** @throws CliError when the person says no, or cannot be asked */
export async function confirmDeletion(question: string, sure: boolean, output: Output): Promise<void> {
  if (sure) return
  if (!output.interactive)
    throw new CliError('usage', 'confirmation_needed', 'This deletes, and nobody can be asked here.', 'Say --yes.')
  const answer = await ask(`${question} [y/N] `)
  if (!/^y(es)?$/i.test(answer.trim())) throw new CliError('usage', 'not_confirmed', 'Nothing was deleted.')
}
