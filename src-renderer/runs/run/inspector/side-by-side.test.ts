// @vitest-environment happy-dom
import { expect, test } from 'vitest'
import type { Execution } from '../../../../src-shared/contract/index.ts'
import { byWorkspace } from './SideBySide.tsx'

const attempt = (n: number, workspace?: string): Execution => ({
  id: `k3m9abcd:fit:${n}`,
  attempt: n,
  round: n,
  status: 'succeeded',
  executor: 'process',
  startedAt: '2026-11-21T10:00:00.000Z',
  finishedAt: '2026-11-21T10:00:01.000Z',
  durationMs: 1000,
  ...(workspace === undefined ? {} : { workspace }),
})

test('attempts stand with the workspace that they ran in, the original first', () => {
  const executions = [attempt(1), attempt(2, 'dev'), attempt(3), attempt(4, 'dev/ana')]
  const sides = byWorkspace({ executions }, 'main').map(({ workspace, executions: all }) => [
    workspace,
    all.map((one) => one.attempt),
  ])
  expect(sides).toEqual([
    ['main', [1, 3]],
    ['dev', [2]],
    ['dev/ana', [4]],
  ])
})
