import { expect, test } from 'vitest'
import { InOrder } from './in-order.ts'

const later = <T>(value: T, ms: number): Promise<T> => new Promise((resolve) => setTimeout(() => resolve(value), ms))

test('what was begun first comes out first, also after an error', async () => {
  const order = new InOrder()
  const out: (string | Error)[] = []
  const take = (work: Promise<string>): Promise<unknown> =>
    order.after(work).then(
      (value) => out.push(value),
      (error: Error) => out.push(error),
    )
  const failed = new Error('no')
  await Promise.all([
    take(later('slow', 20)),
    take(later('', 5).then(() => Promise.reject(failed))),
    take(Promise.resolve('quick')),
    take(later('late', 1)),
  ])
  expect(out).toEqual(['slow', failed, 'quick', 'late'])
  await later(null, 0)
  expect(order.isIdle).toBe(true)
})
