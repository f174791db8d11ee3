import { stringify } from 'yaml'
import { type Json, type Manifest, type Param, ProblemError, type Target } from '../../../src-shared/contract/index.ts'
import type { NewWorkflowVersion } from '../storage/storage.ts'
import { type ParsedDefinition, parseDefinition } from '../workflows/index.ts'
import { inputNames } from './arguments.ts'
import { paramsOf } from './param-of.ts'

/** Characters of a line of the text that is made. */
const LINE_WIDTH = 120

/**
 * The version of a workflow that stands for a target: a definition with one step that calls it. To lists, forms, schedules and child
 * runs it is like a drawn one.
 * @param registered version and workspace of the module
 */
export function workflowOf(
  { module, language }: Manifest,
  target: Target,
  registered: { readonly version: number; readonly workspace: string; readonly at: number },
): NewWorkflowVersion {
  const path = `${module}/${target.name}`
  const params = paramsIn(target)
  const source = sourceOf(target, `${path}@${registered.version}`, params)
  const { plan, problems } = parseDefinition(source, [])
  if (plan === null) {
    const [first] = problems
    throw new ProblemError(
      'module_conflict',
      `${path} cannot become a workflow: ${first?.message ?? 'it has faults'}.`,
      {
        fix: first?.fix ?? 'Choose another name for the function.',
      },
    )
  }
  return {
    name: plan.name,
    description: plan.description,
    digest: plan.digest,
    source,
    files: '[]',
    steps: plan.steps.length,
    at: registered.at,
    origin: { module, target: target.name, version: registered.version, language, workspace: registered.workspace },
  }
}

function paramsIn(target: Target): Record<string, Param> {
  const names = inputNames(target.parameters)
  const firsts = target.parameters.map((parameter, i) => [names[i] ?? parameter.name, paramsOf(parameter)] as const)
  const best = Object.fromEntries(firsts.flatMap(([name, [param]]) => (param === undefined ? [] : [[name, param]])))
  if (isValid(parseDefinition(sourceOf(target, 'm/t', best), []))) return best
  return Object.fromEntries(firsts.map(([name, candidates]) => [name, firstValid(target, name, candidates)]))
}

function firstValid(target: Target, name: string, candidates: readonly Param[]): Param {
  const isGood = (param: Param): boolean => isValid(parseDefinition(sourceOf(target, 'm/t', { [name]: param }), []))
  return candidates.find(isGood) ?? candidates.at(-1) ?? { type: 'json' }
}

const isValid = ({ plan }: ParsedDefinition): boolean => plan !== null

function sourceOf(target: Target, path: string, params: Readonly<Record<string, Param>>): string {
  const [step = target.name] = inputNames([target])
  const names = Object.keys(params)
  const inputs = Object.fromEntries(names.map((name) => [name, `\${{ params.${name} }}`]))
  const definition: Json = {
    name: target.name,
    ...(target.description === undefined ? {} : { description: target.description }),
    ...(names.length === 0 ? {} : { params: params as Record<string, Json> }),
    steps: { [step]: { target: path, ...(names.length === 0 ? {} : { inputs }) } },
    outputs: { result: `\${{ steps.${step}.outputs.result }}` },
  }
  return stringify(definition, { lineWidth: LINE_WIDTH })
}
