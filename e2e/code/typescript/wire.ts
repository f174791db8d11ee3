import { setTimeout as sleep } from 'node:timers/promises'
import { gather, log, metric, task, workflow } from 'weir-sdk'

/** Says much while the connection breaks. */
export const tells = task(async (rounds: number) => {
  for (let n = 0; n < rounds; n++) {
    console.log(`out ${n} größe`)
    log.info(`said ${n}`, { n })
    metric('loss', n, n)
    if (n % 50 === 0) await sleep(50)
  }
  return rounds
})

/** Says something, and computes. */
export const hints = task({ isolation: 'shared' }, (n: number) => {
  console.log(`hint ${n}`)
  log.info(`said ${n}`)
  metric('hint', n)
  return n
})

export const tell = workflow((rounds: number) => tells(rounds))
export const hint = workflow(async (count: number) => {
  const all = await gather(Array.from({ length: count }, (_, n) => hints.submit(n)))
  return all.reduce((a, b) => a + b, 0)
})
