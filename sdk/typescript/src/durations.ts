import { LIMITS } from './limits.ts'

/** A span: milliseconds, or a number with a unit such as `'250ms'`, `'30s'`, `'5m'`, `'2h'` or `'1d'`. */
export type Span = number | `${number}${Unit}` | { readonly ms: number }
type Unit = 'ms' | 's' | 'm' | 'h' | 'd'

const UNITS: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const PATTERN = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/

/**
 * Whole milliseconds of a span.
 *
 * @param name what it is called in errors
 * @throws TypeError when it is none, or negative
 */
export function toMs(span: Span, name: string): number {
  const ms = typeof span === 'string' ? parsed(span) : typeof span === 'number' ? span : span.ms
  if (!Number.isFinite(ms) || ms < 0 || ms > LIMITS.whole) {
    throw new TypeError(
      `${name}: ${JSON.stringify(span)} is no span of time. Write milliseconds, or '30s', '5m', '2h'.`,
    )
  }
  return Math.round(ms)
}

function parsed(text: string): number {
  const parts = PATTERN.exec(text)
  return parts === null ? Number.NaN : Number(parts[1]) * (UNITS[parts[2] ?? ''] ?? Number.NaN)
}
