import { describe, expect, it } from 'vitest'
import { type History, type Moment, NO_HISTORY, recorded, redone, undone } from './history.ts'

const moment = (source: string): Moment => ({ source, layout: {} })
const change = (label: string, merge: string | null = null, at = 0) => ({ label, merge, at })

describe('history', () => {
  it('goes back and forth through named steps', () => {
    let history: History = recorded(NO_HISTORY, moment('a'), change('to b'))
    history = recorded(history, moment('b'), change('to c'))
    const first = undone(history, moment('c'))
    expect(first).toMatchObject({ label: 'to c', moment: { source: 'b' } })
    const second = undone(first?.history ?? NO_HISTORY, moment('b'))
    expect(second).toMatchObject({ label: 'to b', moment: { source: 'a' } })
    expect(undone(second?.history ?? NO_HISTORY, moment('a'))).toBeNull()
    const forth = redone(second?.history ?? NO_HISTORY, moment('a'))
    expect(forth).toMatchObject({ label: 'to b', moment: { source: 'b' } })
    expect(redone(forth?.history ?? NO_HISTORY, moment('b'))).toMatchObject({ label: 'to c', moment: { source: 'c' } })
  })

  it('joins changes with the same key in a row, until somebody pauses', () => {
    let history = recorded(NO_HISTORY, moment('a'), change('type', 'run', 0))
    history = recorded(history, moment('ab'), change('type', 'run', 1000))
    history = recorded(history, moment('abc'), change('type', 'run', 2000))
    expect(history.undo.map((past) => past.source)).toEqual(['a'])
    history = recorded(history, moment('abcd'), change('type', 'run', 9000))
    history = recorded(history, moment('abcde'), change('type', 'name', 9001))
    history = recorded(history, moment('abcdef'), change('move', null, 9002))
    history = recorded(history, moment('abcdefg'), change('move', null, 9003))
    expect(history.undo.map((past) => past.source)).toEqual(['a', 'abcd', 'abcde', 'abcdef', 'abcdefg'])
  })

  it('forgets what was undone when something else is done', () => {
    const history = recorded(NO_HISTORY, moment('a'), change('to b'))
    const back = undone(history, moment('b'))
    expect(recorded(back?.history ?? NO_HISTORY, moment('a'), change('to c')).redo).toEqual([])
  })

  it('keeps the newest steps of large texts within bounds', () => {
    const large = 'x'.repeat(10_000_000)
    let history: History = NO_HISTORY
    for (let i = 0; i < 20; i++) history = recorded(history, moment(large), change(`step ${i}`))
    expect(history.undo).toHaveLength(6)
    expect(history.undo.at(-1)?.label).toBe('step 19')
  })
})
