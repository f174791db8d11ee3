import { afterEach, beforeEach, describe } from 'vitest'
import type { ProjectStorage } from './storage.ts'
import type { SuiteContext } from './testing/context.ts'
import { deletionSuite } from './testing/deletion-suite.ts'
import { draftsSuite } from './testing/drafts-suite.ts'
import { journalSuite } from './testing/journal-suite.ts'
import { modulesSuite } from './testing/modules-suite.ts'
import { runsSuite } from './testing/runs-suite.ts'
import { cacheSuite, publishingSuite, workflowsSuite } from './testing/workflows-suite.ts'
import { workspacesSuite } from './testing/workspaces-suite.ts'

/** A fresh, empty database of one backend. */
export interface StorageUnderTest {
  readonly storage: ProjectStorage
  /** Closes it and opens the same data again. */
  reopen(): Promise<ProjectStorage>
  /** A second, read-only handle on the same data, while the first stays open. */
  reader(): Promise<ProjectStorage>
  /** Closes what is open and removes the data. */
  dispose(): Promise<void>
}

/** What every backend must do. */
export function describeStorage(name: string, open: () => Promise<StorageUnderTest>): void {
  describe(name, () => {
    let under: StorageUnderTest
    let storage: ProjectStorage

    beforeEach(async () => {
      under = await open()
      storage = under.storage
    })
    afterEach(() => under.dispose())

    const context: SuiteContext = {
      storage: () => storage,
      reopen: async () => {
        storage = await under.reopen()
      },
      reader: () => under.reader(),
    }
    describe('journal', () => journalSuite(context))
    describe('runs', () => runsSuite(context))
    describe('cache', () => cacheSuite(context))
    describe('workflows', () => workflowsSuite(context))
    describe('publishing', () => publishingSuite(context))
    describe('drafts', () => draftsSuite(context))
    describe('workspaces', () => workspacesSuite(context))
    describe('modules', () => modulesSuite(context))
    describe('deletion', () => deletionSuite(context))
  })
}
