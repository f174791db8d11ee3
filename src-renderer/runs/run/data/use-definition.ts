import { runRoutes, type Workflow } from '../../../../src-shared/contract/index.ts'
import { PROJECT, useAsk } from '../../../api/index.ts'
import { useHead } from './run-store.ts'

/** The version of the workflow that the run is pinned to: it never changes. */
export const useDefinitionOf = (run: string) =>
  useAsk(runRoutes.workflow, { params: { project: PROJECT, run } }, { staleTime: Number.POSITIVE_INFINITY })

/** The same, of the run that is shown. */
export const useDefinitionQuery = () => useDefinitionOf(useHead().id)

/** The same; undefined until it came. */
export const useDefinition = (): Workflow | undefined => useDefinitionQuery().data
