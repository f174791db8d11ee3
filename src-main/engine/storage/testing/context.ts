import type { ProjectStorage } from '../storage.ts'

/** What the parts of the suite work on. */
export interface SuiteContext {
  readonly storage: () => ProjectStorage
  readonly reopen: () => Promise<void>
  readonly reader: () => Promise<ProjectStorage>
}

/** The error that `work` fails with. */
export const rejection = async (work: () => unknown): Promise<unknown> => {
  try {
    await work()
  } catch (error) {
    return error
  }
  throw new Error('it was expected to fail')
}
