/** The same as flow.py, in TypeScript. */
import { spawnSync } from 'node:child_process'
import { gather, task, workflow } from 'weir-sdk'

/** ms since 1970, with fractions: the same clock in all processes of the machine. */
const now = (): number => performance.timeOrigin + performance.now()

async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await act()
  return performance.now() - start
}

export const fresh = task((x: number) => x)

export const shared = task({ isolation: 'shared' }, (x: number) => x)

export const first_line = task((sent: number) => now() - sent)

export const chain = workflow((n: number, isolation: string) =>
  timed(async () => {
    const call = isolation === 'shared' ? shared : fresh
    for (let x = 0; x < n; x++) await call(x)
  }),
)

export const fan_out = workflow((n: number, isolation: string) =>
  timed(() => {
    const call = isolation === 'shared' ? shared : fresh
    return gather(Array.from({ length: n }, (_, x) => call.submit(x)))
  }),
)

export const forks = workflow((n: number) =>
  timed(async () => {
    for (let x = 0; x < n; x++) spawnSync(process.execPath, ['-e', '0'])
  }),
)

export const dispatch = workflow(async (n: number) => {
  const took: number[] = []
  for (let x = 0; x < n; x++) took.push(await first_line(now()))
  return took
})
