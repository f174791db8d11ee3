import { type AssetValue, isAsset, type Json } from '../contract/index.ts'

/** Deeper and further than this nobody looks for files in a result. */
const MOST_VALUES = 20_000

/** Files anywhere within a value, in its order. */
export function assetsWithin(value: Json): AssetValue[] {
  const found: AssetValue[] = []
  const open: Json[] = [value]
  for (let seen = 0; open.length > 0 && seen < MOST_VALUES; seen++) {
    const one = open.pop() ?? null
    if (one === null || typeof one !== 'object') continue
    if (isAsset(one)) found.push(one)
    else open.push(...Object.values(one).reverse())
  }
  return found
}
