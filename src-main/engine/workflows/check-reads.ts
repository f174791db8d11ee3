import type { Definition, Param, Step } from '../../../src-shared/contract/index.ts'
import type { Root } from './cel.ts'
import type { Words } from './faults.ts'
import type { Read } from './references.ts'
import { meant } from './suggest.ts'

/** What an expression at some place may read. */
export interface Scope {
  /** The step it stands in; null in the workflow's own fields */
  readonly step: { readonly name: string; readonly definition: Step } | null
  readonly roots: readonly Root[]
  /** Only `run` and `env` see secrets: everything else is kept with the run, readable by all who may see it. */
  readonly secrets: boolean
  /** How messages call the place, e.g. `when` */
  readonly field: string
}

export interface ReadFault {
  readonly code: string
  readonly message: string
  readonly fix: Words
}

const RUN_FIELDS = ['id', 'workflow', 'workspace']
const STEP_FIELDS = ['outputs', 'status', 'failed']

/** Whether a read is possible where it stands; null when it is. */
export function readFault(read: Read, scope: Scope, definition: Definition): ReadFault | null {
  if (!scope.roots.includes(read.root)) return outOfScope(read, scope)
  switch (read.root) {
    case 'params':
      return paramFault(read, scope, definition.params ?? {})
    case 'steps':
      return stepFault(read, scope, definition)
    case 'inputs':
      return fieldFault(read, Object.keys(scope.step?.definition.inputs ?? {}), 'input', 'unknown_input')
    case 'run':
      return fieldFault(read, RUN_FIELDS, 'field of `run`', 'unknown_field')
    default:
      return null
  }
}

function outOfScope(read: Read, scope: Scope): ReadFault {
  const { root } = read
  const message = `\`${root}\` cannot be read in ${scope.field}`
  if (root === 'item' || root === 'index') {
    if (scope.step && !scope.step.definition.forEach) {
      return {
        code: 'not_in_scope',
        message: `\`${root}\` exists only in a step with forEach`,
        fix: 'Add `forEach:`, or read something else.',
      }
    }
    return {
      code: 'not_in_scope',
      message,
      fix: 'It is evaluated once for all items: filter the list instead, e.g. `list.filter(i, i > 0)`.',
    }
  }
  if (root === 'inputs' && scope.step) {
    return { code: 'not_in_scope', message, fix: 'Read the parameter or the output of the step directly.' }
  }
  return { code: 'not_in_scope', message, fix: `Known here: ${scope.roots.map((one) => `\`${one}\``).join(', ')}.` }
}

function fieldFault(read: Read, known: readonly string[], noun: string, code: string): ReadFault | null {
  const [name] = read.path
  if (name === undefined || known.includes(name)) return null
  return { code, message: `unknown ${noun} \`${name}\``, fix: meant(name, known, noun) }
}

function paramFault(read: Read, scope: Scope, params: Readonly<Record<string, Param>>): ReadFault | null {
  const unknown = fieldFault(read, Object.keys(params), 'parameter', 'unknown_param')
  if (unknown) return unknown
  const [name] = read.path
  const secret = Object.entries(params).find(
    ([key, param]) => param.type === 'secret' && (name === undefined || key === name),
  )
  if (scope.secrets || !secret) return null
  return {
    code: 'secret_exposed',
    message: `the secret \`${secret[0]}\` cannot be read in ${scope.field}: its value would be kept with the run`,
    fix: `Read it in \`env\` or \`run\` of the step that needs it: \`env: {TOKEN: \${{ params.${secret[0]} }}}\`.`,
  }
}

function stepFault(read: Read, scope: Scope, definition: Definition): ReadFault | null {
  const [name, field, output] = read.path
  if (name === undefined) {
    const message = 'a step must be named here, so that Weir knows what to wait for'
    return { code: 'dynamic_step', message, fix: 'Write `steps.NAME.outputs.OUTPUT`.' }
  }
  const step = Object.hasOwn(definition.steps, name) ? definition.steps[name] : undefined
  if (!step)
    return {
      code: 'unknown_step',
      message: `unknown step \`${name}\``,
      fix: () => meant(name, Object.keys(definition.steps), 'step'),
    }
  if (scope.step?.name === name) {
    const fix = 'Read `inputs`, `item` or another step.'
    return { code: 'self_reference', message: `the step \`${name}\` reads itself`, fix }
  }
  if (field === undefined) return null
  if (!STEP_FIELDS.includes(field)) return unknownStepField(name, field, step)
  if (field === 'failed' && !step.forEach) {
    return {
      code: 'unknown_field',
      message: `\`${name}\` has no list of failed items: it has no forEach`,
      fix: `Read \`steps.${name}.status\`.`,
    }
  }
  return field === 'outputs' && output !== undefined ? outputFault(name, output, step) : null
}

function unknownStepField(name: string, field: string, step: Step): ReadFault {
  const declared = outputsOf(step)
  const fix = declared?.includes(field)
    ? `Write \`steps.${name}.outputs.${field}\`.`
    : meant(field, STEP_FIELDS, 'field')
  return { code: 'unknown_field', message: `a step has no field \`${field}\``, fix }
}

function outputFault(name: string, output: string, step: Step): ReadFault | null {
  const known = outputsOf(step)
  if (known === null || known.includes(output)) return null
  const fix =
    step.target !== undefined
      ? `What a target returns is its output \`result\`: write \`steps.${name}.outputs.result\`.`
      : known.length > 0
        ? meant(output, known, 'output')
        : `Declare it: \`outputs: {${output}: {json: ${output}.json}}\` in step \`${name}\`.`
  return { code: 'unknown_output', message: `step \`${name}\` has no output \`${output}\``, fix }
}

/** Outputs that a step declares; null when only the child workflow knows them. */
export function outputsOf(step: Step): string[] | null {
  if (step.workflow !== undefined) return null
  if (step.target !== undefined) return ['result']
  return Object.keys(step.approval ? (step.approval.form ?? {}) : (step.outputs ?? {}))
}
