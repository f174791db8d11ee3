import { describe, expect, it } from 'vitest'
import { EMPTY_BOOK, replaceSteps } from '../data/step-book.ts'
import { at, execution, step } from '../data/test-steps.ts'
import { csvOf } from './csv.ts'
import { flatRows, type RowWishes, treeRows } from './rows.ts'

const T0 = Date.parse(at(0))
const book = replaceSteps(EMPTY_BOOK, [
  step('load', { status: 'succeeded', executions: [execution(1, 0, 40, { exitCode: 0 })] }),
  step('fit', { status: 'failed', startedAt: at(40), finishedAt: at(90), needs: ['load'] }),
  step('fit[0]', { status: 'succeeded', item: 'north', executions: [execution(1, 50, 60)] }),
  step('fit[1]', {
    status: 'failed',
    item: '=1+1',
    executions: [
      execution(1, 50, 90, {
        status: 'failed',
        exitCode: 3,
        usage: { cpuMs: 12, peakMemoryBytes: 4096 },
        error: { code: 'exit_code', message: 'singular "matrix", really' },
      }),
    ],
  }),
  step('fit[10]', { status: 'skipped' }),
  step('report', { status: 'blocked', needs: ['fit'] }),
])
const none: RowWishes = { text: '', statuses: [], sort: null }
const keys = (wishes: Partial<RowWishes>): string[] =>
  flatRows(book, { ...none, ...wishes }, [T0]).map(({ key }) => key)

describe('rows of the table of steps', () => {
  it('are the steps, and the items of what is expanded', () => {
    const tree = (...open: string[]) => treeRows(book.tops, book.items, new Set(open)).map(({ key }) => key)
    expect(tree()).toEqual(['load', 'fit', 'report'])
    expect(tree('fit')).toEqual(['load', 'fit', 'fit[0]', 'fit[1]', 'fit[10]', 'report'])
  })

  it('are found by key, item and reason, and by status', () => {
    expect(keys({ text: 'NORTH' })).toEqual(['fit[0]'])
    expect(keys({ text: 'singular' })).toEqual(['fit[1]'])
    expect(keys({ statuses: ['failed'] })).toEqual(['fit', 'fit[1]'])
    expect(keys({ statuses: ['failed', 'blocked'], text: 'rep' })).toEqual(['report'])
  })

  it('are sorted, with what is not known last', () => {
    expect(keys({ sort: { by: 'duration', descending: true } }).slice(0, 4)).toEqual([
      'fit',
      'load',
      'fit[1]',
      'fit[0]',
    ])
    expect(keys({ sort: { by: 'duration', descending: false } })[0]).toBe('fit[0]')
    expect(keys({ sort: { by: 'step', descending: false } }).slice(0, 4)).toEqual([
      'fit',
      'fit[0]',
      'fit[1]',
      'fit[10]',
    ])
    expect(keys({ sort: { by: 'status', descending: false } }).slice(0, 2)).toEqual(['fit', 'fit[1]'])
  })
})

describe('the table as CSV', () => {
  it('holds every step and item, quoted, with formulas made harmless', () => {
    const lines = csvOf(book, [T0]).trimEnd().split('\r\n')
    expect(lines).toHaveLength(7)
    expect(lines[1]).toBe(`load,,succeeded,1,${at(0)},${at(40)},0,40,0,,,,,`)
    expect(lines[4]).toBe(
      `fit[1],"""=1+1""",failed,1,${at(50)},${at(90)},10,40,3,,12,4096,,"singular ""matrix"", really"`,
    )
    const risky = replaceSteps(EMPTY_BOOK, [step('a', { why: '=cmd()' })])
    expect(csvOf(risky, [T0])).toContain(",'=cmd()")
  })
})
