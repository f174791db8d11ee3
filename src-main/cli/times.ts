const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Below this, tenths of a second are shown. */
const TENTHS_BELOW = 10 * SECOND

const two = (value: number): string => String(value).padStart(2, '0')

/** Milliseconds for people: `840ms`, `1.2s`, `12s`, `1m 03s`, `2h 05m`, `3d 04h`. Negative ones (skewed clocks) count as 0. */
export function formatDuration(ms: number): string {
  const time = Math.max(0, ms)
  if (time < SECOND) return `${Math.floor(time)}ms`
  if (time < TENTHS_BELOW) return `${(Math.floor(time / 100) / 10).toFixed(1)}s`
  if (time < MINUTE) return `${Math.floor(time / SECOND)}s`
  if (time < HOUR) return `${Math.floor(time / MINUTE)}m ${two(Math.floor((time % MINUTE) / SECOND))}s`
  if (time < DAY) return `${Math.floor(time / HOUR)}h ${two(Math.floor((time % HOUR) / MINUTE))}m`
  return `${Math.floor(time / DAY)}d ${two(Math.floor((time % DAY) / HOUR))}h`
}

/** An ISO time in the local zone: `2026-11-21 10:00:03`. */
export function formatTime(iso: string): string {
  const date = new Date(iso)
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${formatClock(iso)}`
}

const ISO_TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\b/g

/** A sentence of the engine with its times in the local zone: the day only when it is not today. */
export function localTimes(sentence: string): string {
  const today = formatTime(new Date().toISOString()).slice(0, 'YYYY-MM-DD'.length)
  return sentence.replace(ISO_TIME, (iso) => {
    const text = formatTime(iso)
    return text.startsWith(today) ? formatClock(iso) : text
  })
}

/** The local time of day: `10:00:03`. */
export function formatClock(iso: string): string {
  const date = new Date(iso)
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const
const BYTE_STEP = 1000

/** Bytes for people, in powers of 1000: `640 B`, `1.2 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= BYTE_STEP && unit < BYTE_UNITS.length - 1) {
    value /= BYTE_STEP
    unit += 1
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${BYTE_UNITS[unit] ?? ''}`
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY }

/** `30s`, `10m`, `1h30m` in milliseconds; null when it is no duration. */
export function parseDuration(text: string): number | null {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return null
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0)
  }
  return total
}
