import { describe, expect, it } from 'vitest'
import type { Finding } from '../../src-shared/contract/index.ts'
import { reportOf, verdict, worstFirst } from './findings.ts'

const finding = (id: string, status: Finding['status'], fix?: string): Finding => ({
  id,
  title: id,
  status,
  detail: `${id} detail.`,
  ...(fix === undefined ? {} : { fix }),
})

describe('findings', () => {
  const all = [
    finding('node', 'ok'),
    finding('docker', 'absent'),
    finding('disk', 'error', 'Free some space.'),
    finding('clock', 'warning'),
    finding('lock', 'ok'),
  ]

  it('come worst first', () => {
    expect(worstFirst(all).map(({ id }) => id)).toEqual(['disk', 'clock', 'docker', 'node', 'lock'])
  })

  it.each([
    [all, '1 thing is wrong, and 1 thing worth a look.'],
    [[finding('a', 'error'), finding('b', 'error')], '2 things are wrong.'],
    [[finding('a', 'warning')], 'Nothing is wrong; 1 thing is worth a look.'],
    [[finding('a', 'ok')], 'All is well.'],
    [[finding('a', 'ok'), finding('Docker', 'absent')], 'All is well. Not on this machine: Docker.'],
  ])('are summed up in a sentence', (findings, sentence) => {
    expect(verdict(findings)).toBe(sentence)
  })

  it('become a report with every fix', () => {
    const report = reportOf(all, 'Weir 1')
    expect(report.split('\n').slice(0, 4)).toEqual([
      'Weir 1',
      '1 thing is wrong, and 1 thing worth a look.',
      'Wrong        disk: disk detail.',
      '             Free some space.',
    ])
  })
})
