import { expect, it } from 'vitest'
import { renderFields, renderTable } from './table.ts'

const columns = [{ title: 'RUN' }, { title: 'NOTE', flexible: true }, { title: 'TIME', align: 'right' as const }]

it('aligns columns, without borders and without spaces at line ends', () => {
  expect(
    renderTable(
      columns,
      [
        ['k3m9abcd', 'ok', '2.0s'],
        ['b', '', '10s'],
      ],
      Number.POSITIVE_INFINITY,
    ),
  ).toBe(['RUN       NOTE  TIME', 'k3m9abcd  ok    2.0s', 'b                10s'].join('\n'))
})

it('cuts only flexible columns to fit, never in a pipe, and keeps one line a row', () => {
  const note = 'a long sentence\nthat does not fit'
  const narrow = renderTable(columns, [['k3m9abcd', note, '2.0s']], 32).split('\n')
  expect(narrow).toHaveLength(2)
  expect(narrow[1]).toMatch(/^k3m9abcd {2}a long sent.*… {2}2\.0s$/)
  expect(narrow[1]?.length).toBeLessThanOrEqual(32)
  expect(renderTable(columns, [['k', note, '']], Number.POSITIVE_INFINITY)).toContain(
    'a long sentence that does not fit',
  )
})

it('counts wide characters as two columns', () => {
  const [head = '', row = ''] = renderTable(
    [{ title: 'NAME' }, { title: 'X' }],
    [['数字', 'x']],
    Number.POSITIVE_INFINITY,
  ).split('\n')
  expect(head).toBe('NAME  X')
  expect(row).toBe('数字  x')
})

it('leaves out fields without a value', () => {
  expect(
    renderFields([
      ['Run', 'a'],
      ['Parent', null],
      ['Status', 'b'],
    ]),
  ).toBe('Run     a\nStatus  b')
})
