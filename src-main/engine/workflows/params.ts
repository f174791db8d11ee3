import type { AssetFile, Json, Param } from '../../../src-shared/contract/index.ts'
import { fitParam } from './param-value.ts'
import type { Plan } from './plan.ts'
import { meant } from './suggest.ts'

export interface CheckedParams {
  /** A value for every parameter: given, default, or null */
  readonly values: Record<string, Json>
  /** Names of the given values that are secret */
  readonly secrets: string[]
  readonly problems: { field: string; message: string; fix?: string }[]
}

/** Whether a value must be given. */
export const isRequired = (param: Param): boolean => param.required ?? param.default === undefined

/** Checks what is given to start a run; values are complete only when there are no problems. */
export const checkParams = (plan: Plan, given: Readonly<Record<string, Json>>): CheckedParams =>
  check(plan.params, given, plan.files, 'parameter')

/** Checks what a person answered to an approval's form. */
export const checkAnswers = (
  form: Readonly<Record<string, Param>>,
  answers: Readonly<Record<string, Json>>,
): CheckedParams => check(form, answers, [], 'field')

function check(
  params: Readonly<Record<string, Param>>,
  given: Readonly<Record<string, Json>>,
  files: readonly AssetFile[],
  noun: string,
): CheckedParams {
  const checked: CheckedParams = { values: {}, secrets: [], problems: [] }
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(params, name)) continue
    checked.problems.push({
      field: name,
      message: `unknown ${noun} \`${name}\``,
      fix: meant(name, Object.keys(params), noun),
    })
  }
  for (const [name, param] of Object.entries(params)) {
    const value = Object.hasOwn(given, name) ? (given[name] ?? null) : undefined
    checkOne(name, param, value, files, checked)
  }
  return checked
}

function checkOne(
  name: string,
  param: Param,
  given: Json | undefined,
  files: readonly AssetFile[],
  checked: CheckedParams,
): void {
  if (given === null && param.type === 'json' && !('message' in fitParam(name, param, null, files))) {
    checked.values[name] = null
    return
  }
  const value = given ?? param.default ?? null
  if (value === null) {
    checked.values[name] = null
    if (isRequired(param)) {
      const fix = `Give it a value${param.description === undefined ? '' : `: ${param.description}`}.`
      checked.problems.push({ field: name, message: `\`${name}\` is required`, fix })
    }
    return
  }
  const fit = fitParam(name, param, value, files)
  if ('message' in fit) {
    checked.problems.push({
      field: name,
      message: `\`${name}\` ${fit.message}`,
      ...(fit.fix === undefined ? {} : { fix: fit.fix }),
    })
    return
  }
  checked.values[name] = fit.value
  if (param.type === 'secret') checked.secrets.push(name)
}
