import { MAX_DURATION_MS } from './limits.ts'

const MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const DURATION = /^(\d+(\.\d+)?(ms|s|m|h|d))+$/
const DURATION_PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g

/** Milliseconds of `1h30m`, or null when it is no duration or longer than ten years. */
export function durationMs(text: string): number | null {
  if (text.length > 100 || !DURATION.test(text)) return null
  let total = 0
  for (const [, amount, unit] of text.matchAll(DURATION_PART)) total += Number(amount) * MS[unit as keyof typeof MS]
  return total <= MAX_DURATION_MS ? Math.round(total) : null
}

const BYTES = /^(\d+(?:\.\d+)?)(?:([KMGT])(i?)B?|B)?$/
const POWERS = { K: 1, M: 2, G: 3, T: 4 } as const

/** Bytes of `512Mi` (1024-based), `1GB` or `1G` (1000-based) or a number; null when it is no size. */
export function bytesOf(size: string | number): number | null {
  if (typeof size === 'number') return Number.isSafeInteger(size) && size >= 0 ? size : null
  const match = BYTES.exec(size)
  if (!match) return null
  const power = match[2] === undefined ? 0 : POWERS[match[2] as keyof typeof POWERS]
  const bytes = Math.round(Number(match[1]) * (match[3] === 'i' ? 1024 : 1000) ** power)
  return Number.isSafeInteger(bytes) ? bytes : null
}
