import { afterAll, beforeAll, describe } from 'vitest'
import { dev } from './cases/dev.ts'
import { faults } from './cases/faults.ts'
import { type Bench, bench, type Lab } from './lab.ts'
import { isThere, testAll } from './languages.ts'
import { LANGUAGES } from './worker-process.ts'

/** Lost processes and changing code, in both languages: each case starts workers of its own. */
let place: Bench
beforeAll(async () => {
  place = await bench()
})
afterAll(() => place.remove())

describe.each(LANGUAGES)('%s', (language) => {
  const isSkipped = !isThere(language)
  let lab: Lab
  beforeAll(async () => {
    if (!isSkipped) lab = await place.lab(language)
  })
  // One after the other: they kill the engine.
  describe('faults', () => testAll(faults, isSkipped, () => lab))
  // A project for each: what one registers is no other one's newest.
  describe.concurrent('dev', () => testAll(dev, isSkipped, (at) => place.lab(language, `${language}-dev-${at}`)))
})
