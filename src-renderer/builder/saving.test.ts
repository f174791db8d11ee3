import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextSaving, type SaveEvent, type Saving, savedAs } from './saving.ts'

const run = (events: SaveEvent[], from: Saving = savedAs(3)) => {
  let saving = from
  const tasks = events.map((event) => {
    const step = nextSaving(saving, event)
    saving = step.saving
    return step.task
  })
  return { saving, tasks }
}
const changed: SaveEvent = { kind: 'changed' }
const due: SaveEvent = { kind: 'due' }
const confirmed = (revision: number): SaveEvent => ({ kind: 'confirmed', revision, at: 9 })

describe('saving', () => {
  it('saves soon after a change, and names the revision that the engine answered', () => {
    const { saving, tasks } = run([changed, changed, due, confirmed(4)])
    expect(tasks).toEqual(['soon', 'soon', 'send', null])
    expect(saving).toMatchObject({ phase: 'saved', revision: 4, version: 2, savedVersion: 2, at: 9 })
  })

  it('saves again what was changed while a save was on its way', () => {
    const { saving, tasks } = run([changed, due, changed, confirmed(4)])
    expect(tasks).toEqual(['soon', 'send', null, 'soon'])
    expect(saving).toMatchObject({ phase: 'unsaved', revision: 4, version: 2, savedVersion: 1 })
  })

  it('tries again after a failure, by its own clock', () => {
    const failed: SaveEvent = { kind: 'failed', error: 'away' }
    expect(run([changed, due, failed, changed, due, confirmed(4)])).toMatchObject({
      tasks: ['soon', 'send', 'retry', null, 'send', null],
      saving: { phase: 'saved', error: null },
    })
  })

  it('saves nothing before a conflict is settled', () => {
    const met = run([changed, due, { kind: 'refused' }, changed, due])
    expect(met.tasks.slice(2)).toEqual([null, null, null])
    expect(met.saving.phase).toBe('conflict')
    const kept = run([{ kind: 'settled', revision: 8, isSame: false }, due], met.saving)
    expect(kept).toMatchObject({ tasks: ['soon', 'send'], saving: { revision: 8 } })
    const same = run([{ kind: 'settled', revision: 8, isSame: true }, due], met.saving)
    expect(same).toMatchObject({ tasks: [null, null], saving: { phase: 'saved', revision: 8 } })
  })

  it('never says saved while the engine lacks a change, and never sends two saves at once', () => {
    const events: fc.Arbitrary<SaveEvent> = fc.constantFrom<SaveEvent>(
      changed,
      due,
      { kind: 'confirmed', revision: 5, at: 1 },
      { kind: 'failed', error: 'x' },
      { kind: 'refused' },
      { kind: 'settled', revision: 6, isSame: false },
    )
    fc.assert(
      fc.property(fc.array(events, { maxLength: 40 }), (list) => {
        let saving = savedAs(0)
        for (const event of list) {
          // Answers come only for what was sent.
          const isAnswer = event.kind === 'confirmed' || event.kind === 'failed' || event.kind === 'refused'
          if (isAnswer && saving.inFlight === null) continue
          if (event.kind === 'settled' && saving.phase !== 'conflict') continue
          const before = saving.inFlight
          const step = nextSaving(saving, event)
          saving = step.saving
          if (step.task === 'send') expect(before).toBeNull()
          if (saving.phase === 'saved') expect(saving.savedVersion).toBe(saving.version)
          expect(saving.savedVersion).toBeLessThanOrEqual(saving.version)
        }
      }),
    )
  })
})
