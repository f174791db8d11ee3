import { describe, expect, it } from 'vitest'
import { EMPTY_BOOK, replaceSteps } from '../data/step-book.ts'
import { at, step } from '../data/test-steps.ts'
import { callerRows } from './caller-rows.ts'

const fanOut = { total: 0, done: 0, succeeded: 0, failed: 0, dropped: 0 }
const call = (index: number, status: 'running' | 'succeeded' | 'failed') =>
  step(`fit[${index}]`, {
    kind: 'target',
    status,
    call: { by: 'flow', attempt: 1, at: at(index), group: 'late', brief: '', refs: [], links: [] },
  })
const bookOf = (...ends: ('running' | 'succeeded' | 'failed')[]) =>
  replaceSteps(EMPTY_BOOK, [
    step('flow', { kind: 'target', status: 'running' }),
    step('fit', { kind: 'target', fanOut }),
    ...ends.map((end, index) => call(index, end)),
  ])

describe('the timeline by caller', () => {
  it('has a row for a group until it is unfolded', () => {
    const book = bookOf('succeeded', 'succeeded')
    const [flow, group] = callerRows(book, new Set())
    expect(flow).toMatchObject({ key: 'flow', depth: 0, isOpen: true })
    expect(group).toMatchObject({ depth: 1, isOpen: false, bundle: { title: 'late', keys: ['fit[0]', 'fit[1]'] } })
    expect(
      callerRows(book, new Set([group?.key ?? '']))
        .map(({ key }) => key)
        .slice(2),
    ).toEqual(['fit[0]', 'fit[1]'])
  })

  it('says of a group what goes on in it, else what went wrong', () => {
    const statusOf = (...ends: Parameters<typeof bookOf>) => callerRows(bookOf(...ends), new Set())[1]?.bundle?.status
    expect(statusOf('failed', 'running')).toBe('running')
    expect(statusOf('failed', 'succeeded')).toBe('failed')
    expect(statusOf('succeeded')).toBe('succeeded')
  })
})
