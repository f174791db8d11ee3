import type { ExecutionFinished, Finish } from '../core/index.ts'
import { must } from './broken.ts'
import { isSuspension, type Job } from './job.ts'
import type { UnitRecord } from './ledger.ts'

/** What follows from how work has ended, and from what was ordered meanwhile. */

export const isEnding = (unit: UnitRecord): boolean =>
  unit.run.cancelling || unit.ending || unit.parent?.failing === true || unit.parent?.ending === true

export const outputsOf = (end: Job['end']): Finish['outputs'] =>
  end === null || isSuspension(end) ? undefined : end.outputs

export function returnsNothing(end: Job['end']): boolean {
  const outputs = outputsOf(end)
  return outputs !== undefined && 'json' in outputs && JSON.stringify(outputs.json).includes('"result":null')
}

export function followedEnd({ outcome, id }: UnitRecord): string {
  must(outcome !== null, 'outcome', () => `a call ends before ${id}, which stands in its place`)
  return outcome === 'cached' ? 'succeeded' : outcome
}

export function parsed(key: string): { step: string; index?: number } {
  const [, step = key, index] = /^(\w+)\[(\d+)\]$/.exec(key) ?? []
  return index === undefined ? { step } : { step, index: Number(index) }
}

export function expectedStatus(end: Job['end'], ordered: 'cancel' | 'timeout' | null): ExecutionFinished['status'] {
  if (end !== null && !isSuspension(end) && end.status === 'succeeded') return 'succeeded'
  if (ordered === 'cancel') return 'cancelled'
  if (end === null) return 'abandoned'
  if (ordered === 'timeout') return 'timeout'
  if (isSuspension(end)) return 'suspended'
  return end.status === 'cancelled' || end.kind === 'abandoned' ? 'abandoned' : 'failed'
}

export function fanOutEnd(unit: UnitRecord): string {
  const items = unit.openItems()
  for (const item of items) must(item.outcome !== null, 'outcome', () => `${unit.id} ends before ${item.id}`)
  if (isEnding(unit)) return 'cancelled'
  const failed = items.filter(({ outcome }) => outcome === 'failed').length
  const dropped = items.some(({ outcome }) => outcome === 'cancelled')
  if (dropped || (failed > 0 && unit.step.forEach?.onFailure === 'fail')) return 'failed'
  return failed > 0 && failed === items.length ? 'failed' : 'succeeded'
}
