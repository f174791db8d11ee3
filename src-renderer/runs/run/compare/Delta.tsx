import { formatDuration } from '../../../ui/format.ts'
import classes from './compare.module.css'

/** Differences under this part of the time, and under this many ms, are chance. */
const NOISE_PART = 0.1
const NOISE_MS = 20

/** How much longer or shorter something took; coloured where it is more than chance. */
export function Delta({ ms, base }: { readonly ms: number | null; readonly base: number | null | undefined }) {
  if (ms === null) return null
  const size = Math.abs(ms)
  const isNoise = size < NOISE_MS || (base != null && base > 0 && size / base < NOISE_PART)
  const tone = isNoise ? 'same' : ms > 0 ? 'longer' : 'shorter'
  return (
    <span className={classes.delta} data-tone={tone}>
      {ms > 0 ? '+' : ms < 0 ? '−' : '±'}
      {formatDuration(size)}
      {base != null && base > 0 && !isNoise && ` (${ms > 0 ? '+' : '−'}${Math.round((size / base) * 100)} %)`}
    </span>
  )
}
