import { isAsset, type Json, type Run, type RunStep } from '../../../../src-shared/contract/index.ts'
import { lastRound, stepTime } from '../../../../src-shared/runs/index.ts'
import { isSame } from '../data/same.ts'
import { durationOf } from '../data/step-times.ts'

/** One line of a comparison; `before` belongs to the other run. Undefined: it is not there. */
export interface Difference<T> {
  readonly name: string
  readonly before: T | undefined
  readonly after: T | undefined
  readonly isSame: boolean
}

export interface StepSide {
  readonly status: RunStep['status']
  readonly durationMs: number | null
  readonly attempts: number
  /** Where it ran: `process`, `container`, `cache`; null when it did not */
  readonly executor: string | null
  readonly fanOut: RunStep['fanOut']
}

export interface StepDifference extends Difference<StepSide> {
  /** ms that it took longer; null when one of the two is not known */
  readonly deltaMs: number | null
  /** Items that ended in another way, or are only in one of the runs */
  readonly items: number
}

export interface Comparison {
  readonly params: readonly Difference<Json>[]
  readonly steps: readonly StepDifference[]
  readonly outputs: readonly Difference<Json>[]
  /** What each step left, as `step.output` */
  readonly stepOutputs: readonly Difference<Json>[]
  readonly deltaMs: number | null
}

/** What is different between a run and another one, which is mostly the one before. */
export function compareRuns(before: Run, after: Run): Comparison {
  return {
    params: differences(before.params, after.params),
    steps: compareSteps(before, after),
    outputs: differences(before.result?.outputs ?? {}, after.result?.outputs ?? {}),
    stepOutputs: differences(outputsOfSteps(before), outputsOfSteps(after)),
    deltaMs: delta(before.durationMs, after.durationMs),
  }
}

const delta = (before: number | null | undefined, after: number | null | undefined): number | null =>
  before == null || after == null ? null : after - before

function differences(before: Record<string, Json>, after: Record<string, Json>): Difference<Json>[] {
  const names = [...new Set([...Object.keys(after), ...Object.keys(before)])]
  return names.map((name) => ({
    name,
    before: before[name],
    after: after[name],
    isSame: isSameValue(before[name], after[name]),
  }))
}

function outputsOfSteps({ steps }: Run): Record<string, Json> {
  return Object.fromEntries(
    steps
      .filter(({ index, fanOut }) => index === undefined && fanOut === undefined)
      .flatMap(({ name, outputs }) =>
        Object.entries(outputs ?? {}).map(([output, value]) => [`${name}.${output}`, value] as const),
      ),
  )
}

/** Two assets are the same when their files are, whatever step or run they came from. */
function isSameValue(a: Json | undefined, b: Json | undefined): boolean {
  if (isAsset(a) && isAsset(b)) return isSame(filesOf(a.files), filesOf(b.files))
  return isSame(a, b)
}

const filesOf = (files: readonly { path: string; digest: string }[]): string[] =>
  files.map(({ path, digest }) => `${path} ${digest}`).sort()

function compareSteps(before: Run, after: Run): StepDifference[] {
  const left = byKey(before)
  const right = byKey(after)
  const tops = [...new Set([...right.keys(), ...left.keys()])].filter((key) => !key.endsWith(']'))
  const changedItems = countChangedItems(left, right)
  return tops.map((name) => {
    const a = sideOf(left.get(name))
    const b = sideOf(right.get(name))
    const items = changedItems.get(name) ?? 0
    return {
      name,
      before: a,
      after: b,
      deltaMs: delta(a?.durationMs, b?.durationMs),
      items,
      isSame: a !== undefined && b !== undefined && a.status === b.status && items === 0,
    }
  })
}

const byKey = (run: Run): Map<string, RunStep> => new Map(run.steps.map((step) => [step.key, step]))

function countChangedItems(
  left: ReadonlyMap<string, RunStep>,
  right: ReadonlyMap<string, RunStep>,
): Map<string, number> {
  const counts = new Map<string, number>()
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const a = left.get(key)
    const b = right.get(key)
    const step = a ?? b
    if (step?.index === undefined || a?.status === b?.status) continue
    counts.set(step.name, (counts.get(step.name) ?? 0) + 1)
  }
  return counts
}

function sideOf(step: RunStep | undefined): StepSide | undefined {
  if (step === undefined) return undefined
  return {
    status: step.status,
    durationMs: durationOf(stepTime(step)),
    attempts: lastRound(step).length,
    executor: step.executions.at(-1)?.executor ?? null,
    fanOut: step.fanOut,
  }
}
