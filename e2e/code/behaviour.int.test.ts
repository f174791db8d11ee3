import { afterAll, beforeAll, describe, test } from 'vitest'
import { calls } from './cases/calls.ts'
import { type Bench, bench, type Lab } from './lab.ts'
import { LANGUAGES } from './worker-process.ts'

/** The same behaviour in both languages, through the real engine; docs/code-cases.md lists the cases. */
const AREAS = { calls }

let place: Bench
beforeAll(async () => {
  place = await bench()
})
afterAll(() => place.remove())

describe.each(LANGUAGES)('%s', (language) => {
  let lab: Lab
  beforeAll(async () => {
    lab = await place.lab(language, language)
    await lab.worker(['calls'])
  })
  for (const [area, cases] of Object.entries(AREAS)) {
    describe.concurrent(area, () => {
      for (const one of cases) test(one.name, () => one.run(lab))
    })
  }
})
