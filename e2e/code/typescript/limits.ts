import { blob, context, task, workflow } from 'weir-sdk'

/** More than there is room for. */
const MIB = 1024 * 1024

/** Takes more memory than its process may have (the worker is started with a limit), up to attempt `last`. */
export const eats = task({ retries: { limit: 1, minDelay: 10 } }, (mib: number, last: number) => {
  if (context().attempt > last) return 0
  const kept: number[][] = []
  for (let n = 0; n < mib; n++) kept.push(Array.from({ length: MIB / 8 }, (_, i) => i + n / 3))
  return kept.length
})
export const hungry = workflow((mib: number, last: number) => eats(mib, last))

export const fine = task(() => 'fine')
export const goes_on = workflow(() => fine())

export const pours = task((lines: number) => {
  for (let n = 0; n < lines; n++) console.log(`line ${n}`)
  return lines
})
export const pour = workflow((lines: number) => pours(lines))

async function* chunks(mib: number): AsyncIterable<Uint8Array> {
  for (let n = 0; n < mib; n++) yield new Uint8Array(MIB).fill(7)
}
/** So many MiB, returned as a stream. */
export const fills = task((mib: number) => blob(chunks(mib)))
export const fill = workflow((mib: number) => fills(mib))

export const swells = task((mib: number) => new Uint8Array(mib * MIB).fill(7))
export const swell = workflow(async (mib: number) => (await swells(mib)).byteLength)

export const overflows = task((mib: number) => 'x'.repeat(mib * MIB))
export const overflow = workflow(async (mib: number) => {
  await overflows(mib)
})
