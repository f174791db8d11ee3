import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { context, gather, suspense, task, workflow } from 'weir-sdk'

/** Work for the series of kills: every task writes when it begins and ends to a file that no engine knows of. */
function trace(event: 'begin' | 'end' | 'fail'): void {
  const { run, step, attempt } = context()
  const line = JSON.stringify([event, run, step, attempt, process.pid])
  appendFileSync(join(process.env['MARKS'] ?? '.', 'storm'), `${line}\n`)
}

/** A process that is killed is a failure as any other; a worker that is gone is none. */
const retries = { limit: 20, minDelay: 10 }

/** Takes a moment that differs from call to call. */
async function work(n: number): Promise<number> {
  trace('begin')
  await sleep((n % 7) * 20)
  trace('end')
  return n
}

export const link = task({ retries }, async (n: number) => (await work(n)) + 1)
export const leaf = task({ retries }, (n: number) => work(n))

/** Fails in its first attempts. */
export const flaky = task({ retries }, (n: number) => {
  trace('begin')
  if (context().attempt <= n % 3) {
    trace('fail')
    throw new Error('not yet')
  }
  trace('end')
  return n
})
export const kept = task({ retries, cache: true }, (_key: string, n: number) => work(n))
export const known = task({ retries, memo: true }, (n: number) => work(n))

/** Calls others itself, and begins anew when they are done. */
export const parent = task({ retries }, async (n: number) => {
  const handle = leaf.submit(n)
  return suspense(async () => (await handle.result()) + (await leaf(n + 1)))
})

/** Chain, fan-out, retries, cache, memo and suspends, in one run. */
export const storm = workflow({ retries }, async (key: string, width: number) => {
  const leaves = Array.from({ length: width }, (_, n) => leaf.submit(n))
  const tries = [0, 1, 2].map((n) => flaky.submit(n))
  const halves = [0, 1, 2, 3].map((n) => kept.submit(key, n % 2))
  const same = [known.submit(5), known.submit(5)]
  let chain = 0
  for (let at = 0; at < 4; at += 1) chain = await link(chain)
  const inner = parent.submit(3)
  return suspense(async () => {
    const sums: number[] = []
    for (const some of [leaves, tries, halves, same]) sums.push((await gather(some)).reduce((a, b) => a + b, 0))
    return [chain, ...sums, await inner.result()]
  })
})
