import { ProblemError } from '../../../src-shared/contract/index.ts'

/** The project that is there from the first start, and that is meant where none is named. */
export const DEFAULT_PROJECT = 'default'

export function refuseFixed(name: string, what: string): void {
  if (name !== DEFAULT_PROJECT) return
  throw new ProblemError('project_fixed', `the project ${DEFAULT_PROJECT} cannot be ${what}`, {
    fix: 'it is what is meant where no project is named: make another one for what you keep apart',
  })
}
