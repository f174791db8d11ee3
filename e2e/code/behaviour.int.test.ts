import { afterAll, beforeAll, describe } from 'vitest'
import { calls } from './cases/calls.ts'
import { control } from './cases/control.ts'
import { lost } from './cases/faults.ts'
import { mixed } from './cases/mixed.ts'
import { order } from './cases/order.ts'
import { results } from './cases/results.ts'
import { things } from './cases/things.ts'
import { type Bench, bench, type Lab } from './lab.ts'
import { isThere, testAll } from './languages.ts'
import { LANGUAGES } from './worker-process.ts'

/** The same behaviour in both languages, through the real engine; docs/code-cases.md lists the cases. */
const AREAS = { calls, control, order, results, things }
const MODULES = ['calls', 'control', 'results', 'things']
/** More than there are cores: most executions wait for a gate. */
const MANY = ['--register', '--concurrency', '12']

let place: Bench
beforeAll(async () => {
  place = await bench()
})
afterAll(() => place.remove())

describe.each(LANGUAGES)('%s', (language) => {
  const isSkipped = !isThere(language)
  let lab: Lab
  beforeAll(async () => {
    if (isSkipped) return
    lab = await place.lab(language)
    await lab.worker(MODULES, MANY)
  })
  for (const [area, cases] of Object.entries(AREAS)) {
    describe.concurrent(area, () => testAll(cases, isSkipped, () => lab))
  }
  describe.concurrent('lost', () => {
    testAll(lost, isSkipped, (at) => place.lab(language, `${language}-lost-${at}`))
  })
})

describe('both', () => {
  const isSkipped = !isThere('python')
  const labs: Lab[] = []
  beforeAll(async () => {
    if (isSkipped) return
    const python = await place.lab('python', 'both')
    await python.worker(['ours'])
    const typescript = python.with('typescript')
    await typescript.worker(['theirs'])
    labs.push(python, typescript)
  })
  afterAll(async () => {
    for (const lab of labs) await lab.close()
  })
  for (const [at, language] of LANGUAGES.entries()) {
    describe.concurrent(`${language} calls the other`, () => {
      testAll(mixed, isSkipped, () => labs[at] ?? place.lab(language))
    })
  }
})
