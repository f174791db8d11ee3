import { type Json, type Param, ProblemError } from '../../../../src-shared/contract/index.ts'
import type { Target, TargetOptions } from '../../../../src-shared/contract/targets.ts'
import type { Call } from '../../../../src-shared/contract/worker-protocol.ts'
import { inputsOf } from '../../targets/index.ts'
import { digestOf, type PlanStep } from '../../workflows/index.ts'
import type { CallRequest, Unit, ValueRef } from '../core/index.ts'
import type { Values } from '../values.ts'
import { bindArguments, joinArguments, references, refuseMissing } from './arguments.ts'
import { blankStep, definitionOf, type Source } from './definition.ts'
import { deferKey, memoKey } from './keys.ts'
import { ANSWER } from './step-end.ts'

/** A module as it is registered; see targets/. */
export interface Registered extends Source {
  readonly manifest: { readonly targets: readonly Target[] }
}

/** Definitions are the same objects for the same target and options: the core compares them by that. */
const definitions = new WeakMap<Target, Map<string, PlanStep>>()

function definition(source: Source, target: Target, options: TargetOptions): PlanStep {
  const of = definitions.get(target) ?? new Map<string, PlanStep>()
  definitions.set(target, of)
  const key = `${source.version} ${JSON.stringify(options)}`
  const known = of.get(key)
  if (known !== undefined) return known
  const made =
    target.kind === 'workflow' ? workflowStep(target.name, options.priority) : definitionOf(source, target, options)
  of.set(key, made)
  return made
}

const workflowStep = (name: string, priority = 0): PlanStep => ({
  ...blankStep(stepName(name), 'workflow'),
  workflow: name,
  priority,
})

/** Names of workflows may hold what names of steps may not. */
const stepName = (name: string): string => name.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?![A-Za-z])/, 'w')

/** A call of a target, as the core takes it. Throws a ProblemError when it cannot be made so. */
export function targetRequest(
  values: Values,
  by: Unit,
  call: Extract<Call, { target: string }>,
  module: Registered,
): CallRequest | Promise<CallRequest> {
  const name = call.target.slice(call.target.indexOf('/') + 1)
  const target = module.manifest.targets.find((one) => one.name === name)
  if (target === undefined) {
    const there = module.manifest.targets.map((one) => one.name).join(', ')
    throw new ProblemError('target_not_found', `${module.module} has no target ${name} in version ${module.version}`, {
      fix: `it has ${there}`,
    })
  }
  const bound = bindArguments(call.target, target, call.args, call.named ?? {})
  refuseMissing(call.target, target.parameters, bound)
  const step = definition(module, target, call.options ?? {})
  const group = call.group ?? null
  if (step.kind === 'workflow') {
    const params = inputsOf(target.parameters, bound)
    return request(values, { name: step.name, definition: step, memo: null, defer: null, group }, params)
  }
  const keys = { memo: memoKey(step, bound), defer: deferKey(step, by.workspace, bound) }
  return request(values, { name: step.name, definition: step, group, ...keys }, joinArguments(bound))
}

/** A run of a workflow, drawn or of code. */
export function workflowRequest(
  values: Values,
  call: Extract<Call, { workflow: string }>,
): CallRequest | Promise<CallRequest> {
  const step = workflowStep(call.workflow, call.options?.priority)
  const parts = { name: step.name, definition: step, memo: null, defer: null, group: call.group ?? null }
  return request(values, parts, call.params)
}

/** A question to a person; the same one in the same run is asked once. */
export function inputRequest(
  values: Values,
  call: Extract<Call, { input: string }>,
): CallRequest | Promise<CallRequest> {
  const form = formOf(call.schema)
  const step: PlanStep = { ...blankStep('input', 'approval'), approval: { message: call.input, form } }
  const memo = digestOf({ input: call.key ?? { message: call.input, schema: call.schema } })
  return request(values, { name: 'input', definition: step, memo, defer: null, group: call.group ?? null }, [])
}

/** Fields for the members of an object, or one field for any other answer. */
function formOf(schema: Readonly<Record<string, Json>>): Record<string, Param> {
  const members = schema['type'] === 'object' ? Object.entries(record(schema['properties'])) : []
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  if (members.length === 0 || members.some(([name]) => !/^[A-Za-z][A-Za-z0-9_]{0,62}$/.test(name))) {
    return { [ANSWER]: field(schema, true) }
  }
  return Object.fromEntries(members.map(([name, member]) => [name, field(record(member), required.includes(name))]))
}

const record = (value: Json | undefined): Record<string, Json> =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {}

function field(schema: Readonly<Record<string, Json>>, isRequired: boolean): Param {
  const { description, default: preset } = schema
  return {
    type: 'json',
    schema: { ...schema },
    required: isRequired,
    ...(typeof description === 'string' ? { description } : {}),
    ...(preset === undefined ? {} : { default: preset }),
  }
}

function request(
  values: Values,
  parts: Omit<CallRequest, 'args' | 'refs'>,
  args: Json,
): CallRequest | Promise<CallRequest> {
  const ref = values.refer(args)
  const done = (stored: ValueRef): CallRequest => ({ ...parts, args: stored, refs: references(args) })
  return ref instanceof Promise ? ref.then(done) : done(ref)
}
