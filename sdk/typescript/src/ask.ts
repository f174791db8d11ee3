import { scopeFor } from './host.ts'
import { checkText } from './limits.ts'
import type { JsonObject } from './protocol.ts'
import { callStep } from './target.ts'

/**
 * Asks a person, and waits for the answer. The same question is asked once per run: a further attempt gets the answer.
 *
 * @param message what the person is asked, with what there is to know for an answer
 * @param schema JSON Schema of the answer; its form is made from it
 * @param options.key questions with the same key are one; message and schema when absent
 * @example const { ok } = await input<{ ok: boolean }>('Deploy?', { type: 'object', properties: { ok: { type: 'boolean' } } })
 * @throws StepError when the person refuses to answer
 */
export function input<T>(
  message: string,
  schema: { readonly [key: string]: unknown },
  options: { readonly key?: string } = {},
): Promise<T> {
  const current = scopeFor('input()')
  const { key } = options
  if (key !== undefined) checkText(key, 'input: key', 'questionKey')
  const call = {
    input: checkText(message, 'input', 'question'),
    schema: JSON.parse(JSON.stringify(schema)) as JsonObject,
  }
  return callStep<T>(current, async () => ({
    ...call,
    ...(key === undefined ? {} : { key }),
  })).result()
}

/**
 * A secret of the project, by its name. Keep it out of results and logs.
 *
 * @throws EngineRefusal when there is none of that name
 */
export function secret(name: string): Promise<string> {
  return scopeFor('secret()').host.secret(checkText(name, 'secret', 'secret'))
}
