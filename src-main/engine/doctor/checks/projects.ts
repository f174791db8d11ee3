import type { Check } from '../check.ts'

/** Projects whose orchestrator does not run, e.g. because their database is damaged or from a newer Weir. */
export const projects: Check = {
  id: 'projects',
  title: 'Projects',
  check({ problems }) {
    const found = problems()
    if (found.length === 0) return { status: 'ok', detail: 'Every project can be used.' }
    const fixes = new Set(found.map(({ fix }) => fix ?? 'Look at logs/engine.log of the data folder.'))
    return { status: 'error', detail: found.map(({ text }) => text).join(' '), fix: [...fixes].join(' ') }
  },
}
