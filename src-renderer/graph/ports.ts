import type { Json } from '../../src-shared/contract/index.ts'
import { soleRead } from './expressions.ts'
import type { ChildParams, NodeKind, Port, PortType } from './types.ts'
import { type JsonMap, mapOf, shortText, textOf } from './values.ts'

const PARAM_TYPES = [
  'string',
  'integer',
  'number',
  'boolean',
  'array',
  'object',
  'json',
  'file',
  'directory',
  'secret',
] as const

const paramType = (param: Json | undefined): PortType => {
  const type = textOf(mapOf(param)['type'])
  return PARAM_TYPES.find((known) => known === type) ?? 'any'
}

const output = (name: string, type: PortType): Port => ({ name, type, value: null, isSet: true })

/** What a step leaves behind for others. */
export function outputsOf(step: JsonMap, kind: NodeKind): Port[] {
  if (kind === 'target') return [output('result', 'any')]
  if (kind === 'approval') return paramsOf(mapOf(mapOf(step['approval'])['form']))
  return Object.entries(mapOf(step['outputs'])).map(([name, spec]) => output(name, outputType(mapOf(spec))))
}

const outputType = (spec: JsonMap): PortType =>
  'files' in spec ? 'files' : 'text' in spec ? 'text' : 'json' in spec ? 'json' : 'any'

export const paramsOf = (params: JsonMap): Port[] =>
  Object.entries(params).map(([name, param]) => output(name, paramType(param)))

/** Inputs that are set, and parameters of the child workflow or the target that could be. */
export function inputsOf(step: JsonMap, children: ChildParams, hasParamLines: boolean): Port[] {
  const known = children.get(textOf(step['workflow']) ?? textOf(step['target']) ?? '') ?? {}
  const set = Object.entries(mapOf(step['inputs']))
  const ports = set.map(
    ([name, value]): Port => ({
      name,
      type: known[name] ?? 'any',
      value: inputText(value, hasParamLines),
      isSet: true,
    }),
  )
  const open = Object.entries(known)
    .filter(([name]) => !set.some(([other]) => other === name))
    .map(([name, type]): Port => ({ name, type, value: null, isSet: false }))
  return [...ports, ...open]
}

/** What an input is set to, as a short text; null when a line of the picture shows it. */
function inputText(value: Json, hasParamLines: boolean): string | null {
  if (typeof value !== 'string') return shortText(value, 40)
  const read = soleRead(value)
  if (read?.root === 'steps') return null
  if (read?.root === 'params') return hasParamLines ? null : `params.${read.path.join('.')}`
  return shortText(value.replaceAll(/\$\{\{\s*|\s*\}\}/g, ''), 40)
}
