import { InvalidArgumentError } from 'commander'
import { parseDuration } from './times.ts'

/** Reads an option's value as a whole number; commander says what is wrong with it. */
export const wholeNumber =
  (min: number, max = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text)
    if (Number.isSafeInteger(value) && value >= min && value <= max) return value
    throw new InvalidArgumentError(
      max === Number.MAX_SAFE_INTEGER
        ? `A whole number from ${min} on is needed.`
        : `A whole number from ${min} to ${max} is needed.`,
    )
  }

/** Reads an option's value as a duration, in ms. */
export function durationOption(text: string): number {
  const value = parseDuration(text)
  if (value === null) throw new InvalidArgumentError('A duration such as 30s, 10m or 1h30m is needed.')
  return value
}

/** Reads an option's value as a moment: a date, a time, or how long ago. Answers ISO 8601 in UTC. */
export function momentOption(text: string, now = Date.now()): string {
  const ago = parseDuration(text)
  const at = ago === null ? Date.parse(text) : now - ago
  if (Number.isNaN(new Date(at).getTime()) || /^\d+$/.test(text)) {
    throw new InvalidArgumentError(
      'A date such as 2026-11-21, a time such as 2026-11-21T10:00, or how long ago (2h) is needed.',
    )
  }
  return new Date(at).toISOString()
}

/** Collects an option that may be given several times. */
export const collected = (value: string, before: readonly string[] = []): string[] => [...before, value]
