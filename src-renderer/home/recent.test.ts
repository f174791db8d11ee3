import { expect, it } from 'vitest'
import type { WorkflowSummary } from '../../src-shared/contract/index.ts'
import { recentOf } from './recent.ts'

const at = (hour: number): string => new Date(Date.UTC(2026, 10, 21, hour)).toISOString()
const workflow = (name: string, updated: number, ran: number | null): WorkflowSummary => ({
  name,
  description: null,
  version: 1,
  digest: 'a'.repeat(64),
  steps: 1,
  code: null,
  updatedAt: at(updated),
  lastRun: ran === null ? null : { id: 'aaaaaaa2', status: 'succeeded', createdAt: at(ran), finishedAt: null },
})

it('are those that were run or changed last, a handful', () => {
  const some = [workflow('old', 1, 2), workflow('ran', 1, 9), workflow('changed', 8, 3), workflow('fresh', 10, null)]
  expect(recentOf(some).map(({ name }) => name)).toEqual(['fresh', 'ran', 'changed', 'old'])
  expect(recentOf(Array.from({ length: 9 }, (_, n) => workflow(`w${n}`, n, null)))).toHaveLength(5)
})
