import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Run, RunStep } from '../../../../src-shared/contract/index.ts'
import type { Plan } from '../../workflows/index.ts'
import { scenarios } from '../simulation/scenario.ts'
import { simulate } from '../simulation/world.ts'
import { Driver, items } from '../testing/driver.ts'
import { each, plan, step } from '../testing/plan.ts'
import { apply } from './apply.ts'
import type { Event, ValueRef } from './events.ts'
import { createState, type State, type Unit } from './state.ts'
import { touched } from './touched.ts'
import { unitKey } from './units.ts'
import { viewRun } from './view.ts'
import { isKnownOnlyLive, reasonText } from './why.ts'

const SCHEDULES = 300
const TIMEOUT_MS = 60_000

const load = (ref: ValueRef) => ('json' in ref ? ref.json : {})

/** The view that a reader makes of its own copy: reasons only where they do not depend on the orchestrator's memory. */
function viewOf(state: State, id: string): Run | null {
  const run = state.runs.get(id)
  const why = (unit: Unit): string | null =>
    unit.phase === 'done' || unit.phase === 'running' || isKnownOnlyLive(unit) ? null : reasonText(state, unit)
  return run === undefined ? null : viewRun(run, 'default', load, why)
}

const byKey = (run: Run | null): Map<string, RunStep> => new Map(run?.steps.map((one) => [one.key, one]) ?? [])

/** Replays a journal as a reader does; throws when a unit looks different and was not named. */
function follow(journal: readonly Event[], plans: ReadonlyMap<string, Plan>): Map<string, number> {
  const state = createState(0, { cpus: 0, memoryBytes: 0, gpus: 0 })
  for (const [digest, one] of plans) state.plans.set(digest, one)
  const seen = new Map<string, number>()
  let before = byKey(null)
  for (const event of journal) {
    apply(state, event)
    state.effects = []
    state.followUps = []
    const after = byKey(viewOf(state, event.run))
    const named = touched(state, event)
    seen.set(event.type, (seen.get(event.type) ?? 0) + 1)
    if (named !== 'all') {
      const keys = new Set(named.map(unitKey))
      for (const key of new Set([...before.keys(), ...after.keys()])) {
        const [old, now] = [before.get(key), after.get(key)]
        if (now === undefined) throw new Error(`${key} has gone with ${JSON.stringify(event)}`)
        if (!keys.has(key) && JSON.stringify(old) !== JSON.stringify(now)) {
          throw new Error(`${key} changed unnoticed with ${JSON.stringify(event)}: ${JSON.stringify([old, now])}`)
        }
      }
    }
    before = after
  }
  return seen
}

describe('the units that an event touches', () => {
  it(
    'are all whose view has changed, in every simulated run',
    () => {
      const seen = new Map<string, number>()
      for (const scenario of fc.sample(scenarios, { seed: 7, numRuns: SCHEDULES })) {
        const { journals, plans } = simulate(scenario)
        for (const journal of journals.values()) {
          for (const [type, count] of follow(journal, plans)) seen.set(type, (seen.get(type) ?? 0) + count)
        }
      }
      // Nothing was proven about a kind of event that never came.
      expect([...seen.keys()]).toEqual(
        expect.arrayContaining(['step.expanded', 'step.failing', 'step.cached', 'run.reopened', 'execution.finished']),
      )
    },
    TIMEOUT_MS,
  )

  it('are few, however large the run is', () => {
    const driver = new Driver({ answers: { f: items(300) }, capacity: { cpus: 4 } })
    driver.start(plan(each('f'), step('z', { needs: ['f'] }), step('y', { needs: ['z'] })))
    for (const event of [...driver.began('f[0]'), ...driver.finish('f[0]'), ...driver.began('f[1]')]) {
      const named = touched(driver.state, event)
      expect(named === 'all' ? 'all' : named.map(unitKey)).toEqual([expect.stringMatching(/^f\[\d+\]$/), 'f'])
    }
  })

  it('include those that wait for the one that has ended', () => {
    const driver = new Driver()
    driver.start(plan(step('a'), step('b', { needs: ['a'] }), step('c', { needs: ['a', 'b'] }), step('d')))
    const ended = driver.finish('a').find((event) => event.type === 'execution.finished')
    if (ended === undefined) throw new Error('it did not end')
    const named = touched(driver.state, ended)
    expect(named === 'all' ? 'all' : named.map(unitKey)).toEqual(['a', 'b', 'c'])
  })
})
