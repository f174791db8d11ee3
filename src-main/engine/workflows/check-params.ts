import { type AssetFile, isAbsent, type Param } from '../../../src-shared/contract/index.ts'
import type { Path } from '../../../src-shared/definition/index.ts'
import type { Faults } from './faults.ts'
import { schemaProblem } from './param-schema.ts'
import { fitParam } from './param-value.ts'
import { isRequired } from './params.ts'
import { patternFault } from './regex.ts'

/** Which rules have a meaning for which types. */
const APPLIES: Partial<Record<keyof Param, readonly Param['type'][]>> = {
  minimum: ['integer', 'number'],
  maximum: ['integer', 'number'],
  minLength: ['string', 'secret'],
  maxLength: ['string', 'secret'],
  pattern: ['string', 'secret'],
  multiple: ['file'],
  items: ['array'],
  properties: ['object'],
  schema: ['json'],
  enum: ['string', 'integer', 'number', 'boolean', 'array', 'object', 'json'],
}

/** Checks the parameters of a workflow, or the fields of an approval's form, which cannot hold secrets. */
export function checkParamTable(
  params: Readonly<Record<string, Param>>,
  path: Path,
  files: readonly AssetFile[],
  form: boolean,
  faults: Faults,
): void {
  for (const [name, param] of Object.entries(params)) {
    const at = [...path, name]
    const before = faults.problems.length
    checkRules(param, at, form, faults)
    if (faults.problems.length === before) checkValues(name, param, at, files, faults)
  }
}

function checkRules(param: Param, path: Path, form: boolean, faults: Faults): void {
  for (const [field, types] of Object.entries(APPLIES)) {
    if (param[field as keyof Param] === undefined || types.includes(param.type)) continue
    const message = `\`${field}\` has no meaning for the type \`${param.type}\``
    faults.add({
      code: 'field_without_effect',
      path: [...path, field],
      message,
      fix: `Remove it, or use the type ${types.join(' or ')}.`,
      on: 'key',
    })
  }
  if (param.minimum !== undefined && param.maximum !== undefined && param.minimum > param.maximum) {
    faults.add({
      code: 'bad_range',
      path: [...path, 'minimum'],
      message: `the minimum ${param.minimum} is more than the maximum ${param.maximum}`,
      fix: 'Swap them.',
    })
  }
  if (param.minLength !== undefined && param.maxLength !== undefined && param.minLength > param.maxLength) {
    faults.add({
      code: 'bad_range',
      path: [...path, 'minLength'],
      message: 'the shortest length is more than the longest',
      fix: 'Swap them.',
    })
  }
  const pattern = param.pattern === undefined ? null : patternFault(param.pattern)
  if (pattern !== null) {
    const fix = 'Write a regular expression of RE2: as usual, but without look-around and back-references.'
    faults.add({
      code: 'bad_pattern',
      path: [...path, 'pattern'],
      message: `the pattern cannot be read: ${pattern}`,
      fix,
    })
  }
  const schema = schemaProblem(param)
  if (schema !== null) {
    const field = param.type === 'array' ? 'items' : param.type === 'object' ? 'properties' : 'schema'
    faults.add({
      code: 'bad_schema',
      path: [...path, field],
      message: `this is no JSON Schema: ${schema}`,
      fix: 'See https://json-schema.org (draft 2020-12).',
    })
  }
  if (param.type === 'secret') checkSecret(param, path, form, faults)
}

/** A secret must not rest anywhere that others can read. */
function checkSecret(param: Param, path: Path, form: boolean, faults: Faults): void {
  if (form) {
    const fix = 'Make it a parameter of the workflow.'
    faults.add({
      code: 'secret_exposed',
      path: [...path, 'type'],
      message: 'an answer cannot be secret: it is kept with the run',
      fix,
    })
  }
  if (param.default !== undefined) {
    const fix = 'Remove it, and give the value when the run starts.'
    faults.add({
      code: 'secret_exposed',
      path: [...path, 'default'],
      message: 'a default would make the secret readable',
      fix,
      on: 'key',
    })
  }
}

function checkValues(name: string, param: Param, path: Path, files: readonly AssetFile[], faults: Faults): void {
  const { enum: allowed, ...rest } = param
  for (const [i, value] of (allowed ?? []).entries()) {
    const fit = fitParam(name, rest, value, files)
    if ('message' in fit)
      faults.add({
        code: 'bad_value',
        path: [...path, 'enum', i],
        message: `this value ${fit.message}`,
        fix: fit.fix ?? 'Change or remove it.',
      })
  }
  if (param.default === undefined || isAbsent(param.default)) return
  if (param.default === null && (param.type !== 'json' || !isRequired(param))) return
  const fit = fitParam(name, param, param.default, files)
  if ('message' in fit) {
    faults.add({
      code: 'bad_default',
      path: [...path, 'default'],
      message: `the default ${fit.message}`,
      fix: fit.fix ?? 'Change the default or the rule.',
    })
  } else if (param.type !== 'json' && typeof param.default !== typeof fit.value) {
    const message = `the default \`${JSON.stringify(param.default)}\` is a text, but the type is ${param.type}`
    if (param.type !== 'file' && param.type !== 'directory') {
      faults.add({ code: 'bad_default', path: [...path, 'default'], message, fix: 'Write it without quotes.' })
    }
  }
}
