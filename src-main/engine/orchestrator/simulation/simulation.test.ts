import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Broken } from './broken.ts'
import { FAULTS, type Fault } from './faults.ts'
import { scenarios } from './scenario.ts'
import { simulate } from './world.ts'

/** More are played by schedules-*.int.test.ts. */
const SCHEDULES = 1_000
const SEED = 1
/** Reached only by a hang */
const TIMEOUT_MS = 120_000
/** Within so many schedules a planted fault must be noticed. */
const FAULT_SCHEDULES = 4_000

/** Everything that a set of schedules must contain to be worth its name. */
const HAPPENINGS = [
  'run.created',
  'run.cancelling',
  'run.reopened',
  'run.finished',
  'step.expanded',
  'step.waiting',
  'step.skipped',
  'step.cached',
  'step.finished',
  'step.failing',
  'execution.dispatched',
  'execution.started',
  'execution.adopted',
  'execution.cancelling',
  'execution.finished',
  'execution.stale',
  'crash',
  'pending hit',
  'inherited result',
  're-run below',
  'tree changed',
  'step.called',
  'step.linked',
  'step.deferred',
  'step.bound',
  'step.cancelling',
  'step.reopened',
  'call ended with its caller',
  'inherited call',
  'memo hit',
  'suspended',
  'waiting',
]

describe('simulated schedules', () => {
  it(
    'keep every promise, whatever happens and wherever the engine is killed',
    () => {
      const seen = new Map<string, number>()
      for (const scenario of fc.sample(scenarios, { seed: SEED, numRuns: SCHEDULES })) {
        for (const [what, count] of simulate(scenario).seen) seen.set(what, (seen.get(what) ?? 0) + count)
      }
      expect([...seen.keys()].sort()).toEqual([...HAPPENINGS].sort())
    },
    TIMEOUT_MS,
  )

  it('play the same schedule twice in the same way', () => {
    for (const scenario of fc.sample(scenarios, { seed: SEED, numRuns: 50 })) {
      expect([...simulate(scenario).seen]).toEqual([...simulate(scenario).seen])
    }
  })
})

describe('a planted fault is noticed', () => {
  for (const fault of FAULTS) {
    it(
      `${fault.name} (${fault.noticedBy.join(' or ')})`,
      () => {
        const found = firstBroken(fault)
        expect(fault.noticedBy).toContain(found?.oracle)
      },
      TIMEOUT_MS,
    )
  }
})

function firstBroken({ rig, features }: Fault): Broken | null {
  for (const scenario of fc.sample(scenarios, { seed: SEED, numRuns: FAULT_SCHEDULES })) {
    try {
      simulate({ ...scenario, features: features ?? scenario.features }, rig)
    } catch (error) {
      if (!(error instanceof Broken)) throw error
      return error
    }
  }
  return null
}
