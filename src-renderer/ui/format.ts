/** Numbers and times as people read them. Pure; the locale is the browser's unless one is given. */

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** `340 ms`, `4.2 s`, `1 min 12 s`, `3 h 05 min`, `2 d 4 h` */
export function formatDuration(ms: number): string {
  if (ms < SECOND) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 10 * SECOND) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ${pad(Math.floor((ms % MINUTE) / SECOND))} s`
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${pad(Math.floor((ms % HOUR) / MINUTE))} min`
  return `${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`
}

const pad = (value: number): string => String(value).padStart(2, '0')

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** `812 B`, `1.4 MiB`, `23 GiB`: binary units, as the engine counts. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2
  return `${value.toFixed(digits)} ${UNITS[unit]}`
}

// Made once: to make one takes longer than to use it a hundred times, and lists use them for every row.
const counts = new Intl.NumberFormat()
const dates = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' })
const times = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

export const formatCount = (count: number): string => counts.format(count)

/** `1 step`, `3 steps` */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`

/** `just now`, `4 min ago`, `in 2 h`, `3 d ago`; a date when it is longer ago than a month. */
export function formatRelative(at: number, now: number): string {
  const ms = now - at
  const size = Math.abs(ms)
  if (size < 5 * SECOND) return 'just now'
  if (size > 30 * DAY) return dates.format(at)
  const text =
    size < MINUTE
      ? `${Math.floor(size / SECOND)} s`
      : size < HOUR
        ? `${Math.floor(size / MINUTE)} min`
        : size < DAY
          ? `${Math.floor(size / HOUR)} h`
          : `${Math.floor(size / DAY)} d`
  return ms >= 0 ? `${text} ago` : `in ${text}`
}

/** `21 Nov 2026, 14:03:22` in the person's own time zone and order */
export const formatTime = (at: number): string => times.format(at)
