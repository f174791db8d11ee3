import { ABSENT, type Json, type Param, type TargetParameter } from '../../../src-shared/contract/index.ts'

/** Keywords of JSON Schema that a parameter of a simple type says in its own fields; all others need the whole schema. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  string: ['minLength', 'maxLength', 'pattern', 'enum'],
  integer: ['minimum', 'maximum', 'enum'],
  number: ['minimum', 'maximum', 'enum'],
  boolean: ['enum'],
  array: ['items'],
  object: ['properties'],
}

/** Keywords that say nothing about which values fit. */
const NOTES: ReadonlySet<string> = new Set(['type', 'title', 'description', 'examples', 'deprecated', 'default'])

/**
 * A parameter of a target as those of a workflow are: in the simple types that forms and the command line know best, or as
 * `json` with the whole schema. Candidates, the one that says most first: the first that is valid is taken, because what a
 * program prints as a schema may be anything.
 */
export function paramsOf(parameter: TargetParameter): Param[] {
  const rule = presence(parameter)
  const description = parameter.description === undefined ? {} : { description: parameter.description }
  const schema = valueSchema(parameter)
  const whole: Param = { type: 'json', ...(isEmpty(schema) ? {} : { schema }) }
  const simple = simpleOf(schema)
  const typed = simple === null ? [whole] : [simple, whole]
  return [
    ...typed.map((param) => ({ ...param, ...description, ...rule })),
    // A default that does not fit its own schema is the code's business.
    ...typed.map((param) => ({ ...param, ...description, ...presence({ required: parameter.required }) })),
    { type: 'json', ...description, ...presence({ required: parameter.required }) },
  ]
}

/** What takes all further arguments is one value here: a list of them, or a map. */
function valueSchema({ kind, schema }: TargetParameter): Record<string, Json> {
  if (kind === 'variadic') return { type: 'array', ...(isEmpty(schema) ? {} : { items: schema }) }
  if (kind === 'named') return { type: 'object', ...(isEmpty(schema) ? {} : { additionalProperties: schema }) }
  return schema
}

/** What the SDKs print for their class of assets: people give files for it, one or many. */
function isAssetSchema({ properties }: Record<string, Json>): boolean {
  const kind = asRecord(asRecord(properties)['kind'])
  return kind['const'] === 'asset'
}

const asRecord = (value: Json | undefined): Record<string, Json> =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {}

function simpleOf(schema: Record<string, Json>): Param | null {
  if (isAssetSchema(schema)) return { type: 'file', multiple: true }
  const { type } = schema
  const fields = typeof type === 'string' ? FIELDS[type] : undefined
  if (fields === undefined) return null
  const said = Object.entries(schema).filter(([keyword]) => !NOTES.has(keyword))
  // A reference is looked for from the root of the whole schema.
  if (said.some(([keyword]) => !fields.includes(keyword)) || JSON.stringify(said).includes('"$ref"')) return null
  return { type: type as Param['type'], ...Object.fromEntries(said) }
}

/** Whether a value must be given, and what holds otherwise: without a plain default the code's own. */
function presence(parameter: Pick<TargetParameter, 'required' | 'kind' | 'default'> | { required: boolean }) {
  if ('kind' in parameter && parameter.kind !== 'positional') return { default: ABSENT }
  if (parameter.required) return { required: true }
  const given = 'default' in parameter ? parameter.default : undefined
  return given === null ? { default: null, required: false } : { default: given === undefined ? ABSENT : given }
}

const isEmpty = (schema: Record<string, Json>): boolean => Object.keys(schema).length === 0
