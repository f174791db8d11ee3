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

/** Collects an option that may be given several times. */
export const collected = (value: string, before: readonly string[] = []): string[] => [...before, value]
