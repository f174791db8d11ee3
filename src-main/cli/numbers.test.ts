import { expect, it } from 'vitest'
import { momentOption } from './numbers.ts'

const NOW = Date.UTC(2026, 10, 21, 10)

it('reads a moment as a date, a time, or how long ago', () => {
  expect(momentOption('24h', NOW)).toBe('2026-11-20T10:00:00.000Z')
  expect(momentOption('1h30m', NOW)).toBe('2026-11-21T08:30:00.000Z')
  expect(momentOption('2026-11-20', NOW)).toBe('2026-11-20T00:00:00.000Z')
  expect(momentOption('2026-11-20T10:00:00+02:00', NOW)).toBe('2026-11-20T08:00:00.000Z')
})

it.each(['', 'yesterday', '5', '2026-13-40', '999999999999d'])('refuses %j as a moment', (text) => {
  expect(() => momentOption(text, NOW)).toThrow(/A date such as/)
})
