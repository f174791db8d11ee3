import { useCallback } from 'react'
import { draftRoutes, ProblemError, type Workflow, workflowRoutes } from '../../src-shared/contract/index.ts'
import { keyOf, queryClient, sentence } from '../api/index.ts'
import { say, sayFailed } from '../ui/say.ts'
import { useDocument, useDocumentStore } from './document-context.tsx'
import type { DocumentStore } from './document-types.ts'
import { useIsEmpty } from './use-is-empty.ts'
import { useNextProblem } from './use-problems.ts'

export interface Publish {
  /** @returns the version; null when it was not published, which was said then */
  readonly publish: () => Promise<Workflow | null>
  /** Why there is nothing to publish, or why it would be refused; null when it can be published */
  readonly obstacle: string | null
  readonly isPublishing: boolean
}

const PROBLEMS_FIRST = 'The problems are solved before it is published:'

/** Publishes the document, and says what stands in the way. */
export function usePublish(onPublished: (name: string, store: DocumentStore) => void): Publish {
  const store = useDocumentStore()
  const isEmpty = useIsEmpty()
  const isChanged = useDocument((state) => state.changes > 0 || state.base === null)
  const fault = useDocument((state) => state.problems.find((one) => one.severity === 'error')?.message ?? null)
  const obstacle =
    fault !== null
      ? `${PROBLEMS_FIRST} ${sentence(fault.replace(/`([^`]*)`/g, '“$1”'))}`
      : isChanged && !isEmpty
        ? null
        : 'Nothing has changed since it was published'
  const isPublishing = useDocument((state) => state.isPublishing)
  const nextProblem = useNextProblem()
  const publish = useCallback(async () => {
    const { actions, workflow: before } = store.getState()
    try {
      const published = await actions.publish()
      if (published === null) return null
      for (const route of [workflowRoutes.list, workflowRoutes.get, workflowRoutes.versions, draftRoutes.list])
        void queryClient.invalidateQueries({ queryKey: keyOf(route) })
      say(`Version ${published.version} of ${published.name} is published.`)
      if (before !== published.name) onPublished(published.name, store)
      return published
    } catch (error) {
      if (error instanceof ProblemError && error.code === 'workflow_invalid') nextProblem()
      sayFailed('The workflow was not published', error)
      return null
    }
  }, [store, onPublished, nextProblem])
  return { publish, obstacle, isPublishing }
}
