import type { Json } from '../../../src-shared/contract/index.ts'
import type { ExpressionContext, StepContext } from '../workflows/index.ts'
import { asRecord, type RunState, succeeded, type Unit, type ValueRef } from './core/index.ts'
import type { Values } from './values.ts'

/**
 * What the expressions of a unit can read: the run's parameters, the steps that it needs, and in a fan-out its item. Secrets
 * are not among it, because what is computed from it is journalled; only a job's command and environment see them.
 *
 * @returns the context at once when every value is in memory, otherwise when they are loaded
 */
export function contextOf(
  values: Values,
  unit: Unit,
  workspaceName: WorkspaceName,
): ExpressionContext | Promise<ExpressionContext> {
  const needed = unit.step.needs.flatMap((name) => unit.run.steps.get(name) ?? [])
  return build(values, { run: unit.run, unit, needed, workspace: workspaceName(unit.workspace) })
}

/** The same for the outputs of a run: it reads every step. */
export function runContext(
  values: Values,
  run: RunState,
  workspaceName: WorkspaceName,
): ExpressionContext | Promise<ExpressionContext> {
  const workspace = workspaceName(run.rerunIn.at(-1) ?? run.workspace)
  return build(values, { run, unit: null, needed: [...run.steps.values()], workspace })
}

/** Name of a workspace, by its identifier. */
type WorkspaceName = (id: string) => string

/** Whose expressions are to be evaluated: a unit's, or the run's own. */
interface Asked {
  readonly run: RunState
  readonly unit: Unit | null
  readonly needed: readonly Unit[]
  readonly workspace: string
}

function build(values: Values, asked: Asked): ExpressionContext | Promise<ExpressionContext> {
  const absent = [...refs(asked)].filter((ref) => values.peek(ref) === null)
  if (absent.length === 0) return assemble(values, asked)
  return Promise.all(absent.map((ref) => values.load(ref))).then((loaded) => {
    // The cache is bounded: what was just loaded is read from here, whatever it still holds.
    const byRef = new Map(absent.map((ref, index) => [ref, loaded[index] ?? null]))
    return assemble(values, asked, byRef)
  })
}

function* refs({ run, needed, unit }: Asked): Generator<ValueRef> {
  yield run.params
  for (const need of needed) {
    if (known.get(need)?.generation === need.generation) continue
    if (need.outputs !== null) yield need.outputs
    for (const item of need.fanOut?.units ?? []) if (item.outputs !== null) yield item.outputs
  }
  const items = unit?.parent?.fanOut?.items
  if (items !== undefined) yield items
}

/** Contexts of steps that have ended: a fan-out of 10,000 reads its predecessor 10,000 times. */
const known = new WeakMap<Unit, { generation: number; context: StepContext }>()

function assemble(
  values: Values,
  { run, needed, unit, workspace }: Asked,
  loaded?: ReadonlyMap<ValueRef, Json>,
): ExpressionContext {
  const read = (ref: ValueRef): Json => loaded?.get(ref) ?? values.peek(ref)?.value ?? null
  const steps: Record<string, StepContext> = {}
  for (const need of needed) steps[need.step.name] = stepContext(need, read)
  const items = unit?.parent?.fanOut?.items
  const list = items === undefined ? null : read(items)
  return {
    params: asRecord(read(run.params)),
    steps,
    run: { id: run.id, workflow: run.workflow, workspace },
    ...(unit !== null && unit.index !== null ? { index: unit.index, item: itemAt(list, unit.index) } : {}),
  }
}

const itemAt = (list: Json, index: number): Json => (Array.isArray(list) ? (list[index] ?? null) : null)

function stepContext(unit: Unit, read: (ref: ValueRef) => Json): StepContext {
  const before = known.get(unit)
  if (before?.generation === unit.generation) return before.context
  const context = unit.fanOut === null ? plainContext(unit, read) : fanOutContext(unit, read)
  if (unit.phase === 'done') known.set(unit, { generation: unit.generation, context })
  return context
}

const contextStatus = (unit: Unit): StepContext['status'] =>
  succeeded(unit)
    ? 'succeeded'
    : unit.outcome === 'failed'
      ? 'failed'
      : unit.outcome === 'skipped'
        ? 'skipped'
        : 'cancelled'

const plainContext = (unit: Unit, read: (ref: ValueRef) => Json): StepContext => ({
  status: contextStatus(unit),
  outputs: unit.outputs === null ? nothing(unit) : asRecord(read(unit.outputs)),
})

/** A step that has no outputs still names them, so that `steps.x.outputs.y == null` can be asked. */
const nothing = (unit: Unit): Record<string, Json> =>
  Object.fromEntries(Object.keys(unit.step.outputs).map((name) => [name, null]))

function fanOutContext(unit: Unit, read: (ref: ValueRef) => Json): StepContext {
  const items = unit.fanOut?.units ?? []
  const each = items.map((item) => (item.outputs === null ? null : asRecord(read(item.outputs))))
  const names = new Set([...Object.keys(unit.step.outputs), ...each.flatMap((one) => Object.keys(one ?? {}))])
  const outputs: Record<string, Json> = {}
  for (const name of names) outputs[name] = each.map((one) => one?.[name] ?? null)
  const failed = items
    .filter((item) => item.outcome === 'failed')
    .map((item) => ({ index: item.index ?? 0, error: item.error?.message ?? 'failed' }))
  return { status: contextStatus(unit), outputs, failed }
}
