import { expect, test } from 'vitest'
import { type Ended, noticeFor } from './notice-words.ts'

const run = (workflow: string, status: Ended['status'], durationMs: number | null = 1234): Ended => ({
  project: 'mice',
  run: 'k3m9abcd',
  workflow,
  status,
  durationMs,
  counts: {
    total: 3,
    done: 3,
    succeeded: status === 'failed' ? 1 : 3,
    failed: status === 'failed' ? 1 : 0,
    skipped: status === 'failed' ? 1 : 0,
    cancelled: 0,
    items: { total: 0, done: 0, failed: 0, dropped: 0, cancelled: 0, calls: 0 },
  },
})

test('one run is told by its name and leads to its screen', () => {
  expect(noticeFor([run('digits', 'succeeded')])).toEqual({
    title: 'digits succeeded',
    body: 'Run k3m9abcd, after 1.2 s',
    route: '/runs/k3m9abcd?project=mice',
  })
  expect(noticeFor([run('digits', 'failed', 3_723_000)])).toMatchObject({
    title: 'digits failed',
    body: expect.stringContaining('1 h 2 min'),
  })
  expect(noticeFor([run('digits', 'failed', 119_900)])?.body).toBe(
    'Run k3m9abcd, after 2 min 0 s: 1 succeeded, 1 failed, 1 skipped',
  )
})

test('many at once are one notification', () => {
  const many = [
    run('a', 'succeeded'),
    run('b', 'failed'),
    run('c', 'succeeded'),
    run('d', 'succeeded'),
    run('a', 'failed'),
  ]
  expect(noticeFor(many)).toEqual({
    title: '5 runs ended: 3 succeeded, 2 failed',
    body: 'a, b, c and 1 more',
    route: '/runs?project=mice&status=failed',
  })
  expect(noticeFor([run('a', 'succeeded'), run('a', 'succeeded')])).toEqual({
    title: '2 runs ended: 2 succeeded',
    body: 'a',
    route: '/runs?project=mice',
  })
})

test('none is none', () => {
  expect(noticeFor([])).toBeNull()
})
