import { type AssetValue, isAsset, type Json } from '../../../src-shared/contract/index.ts'
import { cacheKey } from './cache-key.ts'
import { ExpressionError, evaluate } from './expression.ts'
import { MAX_ITEMS } from './limits.ts'
import type { ExpressionContext, Plan, PlanStep, ResolvedStep } from './plan.ts'
import { renderString, renderText, renderValue } from './render.ts'
import { durationMs } from './units.ts'

/*
 * From a plan's templates to values, at the moment at which a step is due. All of these are pure and throw an
 * ExpressionError that names the place, when a value is not what the definition promised.
 */

const placeIn = (step: PlanStep, field: string): string => `steps.${step.name}.${field}`

/** Whether a step runs at all. */
export function resolveWhen(step: PlanStep, context: ExpressionContext): boolean {
  if (step.when === null) return true
  const place = placeIn(step, 'when')
  const value = evaluate(step.when, context, place)
  if (typeof value === 'boolean') return value
  const reason = `a condition must be true or false, not ${brief(value)}`
  throw new ExpressionError(step.when, place, reason, 'Compare it with something, e.g. `x == "yes"`.')
}

/** The items of a fan-out: those of the list, or one asset for each file of an asset. A step without forEach has none. */
export function resolveItems(step: PlanStep, context: ExpressionContext): Json[] {
  if (!step.forEach) return []
  const place = placeIn(step, 'forEach')
  const items = renderValue(step.forEach.items, context, place)
  const text = typeof step.forEach.items === 'string' ? step.forEach.items : 'forEach'
  const list = Array.isArray(items)
    ? items
    : isAsset(items)
      ? items.files.map((file) => oneFile(items.name, file))
      : null
  if (!list) {
    const fix = 'Write an expression that yields a list or an asset; `range(n)` makes the numbers below n.'
    throw new ExpressionError(text, place, `forEach needs a list or an asset, not ${brief(items)}`, fix)
  }
  if (list.length <= MAX_ITEMS) return list
  const fix = 'Let one item stand for several, e.g. a range of rows.'
  throw new ExpressionError(text, place, `${list.length} items are more than ${MAX_ITEMS}`, fix)
}

const oneFile = (name: string, file: AssetValue['files'][number]): Json =>
  ({ kind: 'asset', name, files: [{ ...file }] }) as Json

/**
 * Inputs, concurrency key and cache key of one execution.
 * @param imageDigest digest of the image that will run; null for a process, or when it is not known yet
 */
export function resolveStep(step: PlanStep, context: ExpressionContext, imageDigest: string | null): ResolvedStep {
  const inputs = resolveInputs(step, context)
  const inside = { ...context, inputs }
  return {
    inputs,
    concurrencyKey: step.concurrency
      ? renderText(step.concurrency.key, inside, placeIn(step, 'concurrency.key'))
      : null,
    cache: step.cache ? cacheKey(step, context.run.workflow, inputs, inside, imageDigest) : null,
  }
}

function resolveInputs(step: PlanStep, context: ExpressionContext): Record<string, Json> {
  const inputs: Record<string, Json> = {}
  for (const [name, value] of Object.entries(step.inputs))
    inputs[name] = renderValue(value, context, placeIn(step, `inputs.${name}`))
  return inputs
}

const withInputs = (step: PlanStep, context: ExpressionContext): ExpressionContext =>
  context.inputs ? context : { ...context, inputs: resolveInputs(step, context) }

/** How long a step sleeps, in ms. A number counts seconds. */
export function resolveSleep(step: PlanStep, context: ExpressionContext): number {
  if (step.sleep === null) return 0
  const place = placeIn(step, 'sleep')
  const value = renderString(step.sleep, withInputs(step, context), place)
  const text = typeof value === 'number' && value >= 0 ? `${value.toFixed(3)}s` : value
  const ms = typeof text === 'string' ? durationMs(text) : null
  if (ms !== null) return ms
  const fix = 'Write a number of seconds, or a text such as "30s" or "1h30m"; at most ten years.'
  throw new ExpressionError(step.sleep, place, `${brief(value)} is no duration`, fix)
}

/** What an approval asks. */
export const resolveMessage = (step: PlanStep, context: ExpressionContext): string =>
  step.approval ? renderText(step.approval.message, withInputs(step, context), placeIn(step, 'approval.message')) : ''

/** The result of a run. */
export function resolveOutputs(plan: Plan, context: ExpressionContext): Record<string, Json> {
  const outputs: Record<string, Json> = {}
  for (const [name, value] of Object.entries(plan.outputs))
    outputs[name] = renderValue(value, context, `outputs.${name}`)
  return outputs
}

/** Characters of a value that a message shows. */
const SHOWN = 60

function brief(value: Json): string {
  const text = JSON.stringify(value)
  return `\`${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}\``
}
