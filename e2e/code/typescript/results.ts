import { gather, task, workflow } from 'weir-sdk'
import { gate, mark } from './marks.ts'

/** Results of earlier steps: cache and memo. */
export const cached = task({ cache: true }, (name: string, _n = 1) => mark(name) * 10)

export const cached_slowly = task({ cache: true }, async (name: string) => {
  const count = mark(name)
  await gate(name)
  return count
})

export const cached_failure = task({ cache: true }, (name: string): number => {
  throw new Error(`failure ${mark(name)}`)
})

export const subset = task({ cache: { parameters: ['name'] } }, (name: string, _verbose: boolean) => mark(name))

export const left = task({ cache: { namespace: 'together' } }, (name: string) => `left ${mark(name)}`)
export const right = task({ cache: { namespace: 'together', code: false } }, (name: string) => `right ${mark(name)}`)
export const middle = task({ cache: { namespace: 'together', code: false } }, (name: string) => `middle ${mark(name)}`)

export const uses = workflow((name: string, n = 1) => cached(name, n))
export const uses_slowly = workflow((name: string) => cached_slowly(name))
export const uses_failure = workflow((name: string) => cached_failure(name))
export const uses_part = workflow(async (name: string) => [await subset(name, true), await subset(name, false)])
export const uses_space = workflow(async (name: string) => [await right(name), await middle(name), await left(name)])
export const uses_options = workflow(async (name: string) => {
  const young = cached.with({ cache: { maxAge: 0 } })
  const other = cached.with({ cache: { version: '2' } })
  return [await cached(name), await young(name), await other(name), await other(name)]
})
export const uses_result = workflow((name: string) => cached(name, cached.submit(`${name}-first`)))

export const remembered = task({ memo: true }, (name: string, _n = 1) => mark(name))

export const remembered_slowly = task({ memo: true }, async (name: string) => {
  const count = mark(name)
  await gate(name)
  return count
})

export const remembered_failure = task({ memo: true }, (name: string) => {
  if (mark(name) === 1) throw new Error('the first one')
  return 2
})

export const remembered_part = task({ memo: { parameters: ['name'] } }, (name: string, _n: number) => mark(name))

export const recalls = workflow(async (name: string) => [
  await remembered(name),
  await remembered(name),
  await remembered(name, 2),
])
export const recalls_pending = workflow((name: string) =>
  gather([remembered_slowly.submit(name), remembered_slowly.submit(name)]),
)
export const recalls_failure = workflow(async (name: string) => {
  try {
    await remembered_failure(name)
  } catch (error) {
    return [error instanceof Error ? error.message : error, await remembered_failure(name)]
  }
  return []
})
export const recalls_part = workflow(async (name: string) => [
  await remembered_part(name, 1),
  await remembered_part(name, 2),
])

export const inner = task(async (name: string) => [mark(`${name}-inner`), await remembered(name)])
export const recalls_again = workflow(async (name: string) => [await remembered(name), await inner(name)])
