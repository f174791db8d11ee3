import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Execution, Run } from '../../src-shared/contract/index.ts'

/** What tasks of `storm` have written about themselves: begun, ended or failed, by which attempt and process. */
export interface Trace {
  readonly event: 'begin' | 'end' | 'fail'
  /** run:step:attempt */
  readonly execution: string
  readonly pid: number
}

type Line = readonly [event: Trace['event'], run: string, step: string, attempt: number, pid: number]

export async function readTraces(marks: string): Promise<Trace[]> {
  const text = await readFile(join(marks, 'storm'), 'utf8').catch(() => '')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [event, run, step, attempt, pid] = JSON.parse(line) as Line
      return { event, execution: `${run}:${step}:${attempt}`, pid }
    })
}

/** Result of a run of `storm` with so many leaves. */
export const expected = (width: number): number[] => [4, (width * (width - 1)) / 2, 3, 2, 10, 7]

/** Tasks that write traces; all others only call. */
const TRACED = /^(link|leaf|flaky|kept|known)\[/

export interface Tally {
  readonly succeeded: number
  readonly abandoned: number
  /** Abandoned ones that had begun */
  readonly interrupted: number
}

/** Holds what the engine has recorded of runs that have ended against what their tasks wrote: nothing lost, nothing twice. */
export function compare(runs: readonly Run[], traces: readonly Trace[]): Tally {
  const seen = new Map<string, Trace['event'][]>()
  for (const { event, execution } of traces) seen.set(execution, [...(seen.get(execution) ?? []), event])
  const known = new Map<string, Execution>()
  for (const run of runs) for (const { executions } of run.steps) for (const one of executions) known.set(one.id, one)
  for (const [execution, events] of seen) {
    expect(known.has(execution), `${execution} ran, and the engine has no record of it`).toBe(true)
    expect(events.filter((event) => event === 'begin').length, `${execution} began more or less than once`).toBe(1)
  }
  let [succeeded, abandoned, interrupted] = [0, 0, 0]
  for (const run of runs) {
    for (const { key, status, executions } of run.steps) {
      expect(['succeeded', 'cached'], `${run.id}:${key} is ${status}`).toContain(status)
      if (!TRACED.test(key)) continue
      if (status === 'succeeded') {
        const ended = executions.filter((one) => one.status === 'succeeded')
        expect(ended.length, `${run.id}:${key} succeeded more or less than once`).toBe(1)
      }
      for (const one of executions) {
        const events = seen.get(one.id) ?? []
        if (one.status === 'succeeded') {
          succeeded += 1
          expect(events, `what ${one.id} wrote, which succeeded`).toEqual(['begin', 'end'])
        } else if (one.status === 'failed') {
          expect(events, `what ${one.id} wrote, which failed`).toEqual(['begin', 'fail'])
        } else if (one.status === 'abandoned') {
          abandoned += 1
          if (events.length > 0) interrupted += 1
        } else {
          expect([one.status, events], `${one.id}`).toEqual(['cached', []])
        }
      }
    }
  }
  return { succeeded, abandoned, interrupted }
}
