import { expect, it } from 'vitest'
import type { EngineSettings } from '../../src-shared/contract/index.ts'
import { isChanged, settingsOf, valuesOf } from './engine-form.ts'

const settings: EngineSettings = { listen: null, logLevel: 'info', retention: { keepRuns: 10_000, keepDays: 365 } }

it('goes into fields and comes back', () => {
  expect(settingsOf(valuesOf(settings))).toEqual(settings)
  expect(settingsOf({ ...valuesOf(settings), listen: ' 127.0.0.1:80 ', keepDays: '1.5' })).toEqual({
    listen: '127.0.0.1:80',
    logLevel: 'info',
    retention: { keepRuns: 10_000, keepDays: 1.5 },
  })
})

it('is nothing while a field is wrong', () => {
  expect(settingsOf({ ...valuesOf(settings), keepRuns: '-1' })).toBeNull()
  expect(settingsOf({ ...valuesOf(settings), logLevel: 'loud' })).toBeNull()
})

it('knows when there is something to save', () => {
  expect(isChanged(settings, valuesOf(settings))).toBe(false)
  expect(isChanged(settings, { ...valuesOf(settings), keepRuns: '10000' })).toBe(false)
  expect(isChanged(settings, { ...valuesOf(settings), keepRuns: '5' })).toBe(true)
  expect(isChanged(settings, { ...valuesOf(settings), keepRuns: 'x' })).toBe(true)
})
