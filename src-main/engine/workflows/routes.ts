import type { workflowRoutes } from '../../../src-shared/contract/index.ts'
import type { Handlers } from '../http/handler.ts'
import { definitionSchema } from './schema.ts'
import type { WorkflowService } from './service.ts'

/**
 * Handlers of the workflow routes.
 * @param serviceOf the service of a project; throws project_not_found
 */
export function workflowHandlers(
  serviceOf: (project: string) => Promise<WorkflowService>,
): Handlers<typeof workflowRoutes> {
  return {
    validate: async ({ params, body }) => (await serviceOf(params.project)).validate(body),
    async apply({ params, body: { source, files, layout, base } }) {
      const publication = {
        source,
        files,
        ...(layout === undefined ? {} : { layout }),
        ...(base === undefined ? {} : { base }),
      }
      return (await serviceOf(params.project)).apply(publication)
    },
    list: async ({ params, query }) => (await serviceOf(params.project)).list(defined(query)),
    get: async ({ params, query }) =>
      (await serviceOf(params.project)).get(params.workflow, query.version, query.workspace),
    versions: async ({ params, query }) => (await serviceOf(params.project)).versions(params.workflow, defined(query)),
    remove: async ({ params }) => (await serviceOf(params.project)).remove(params.workflow),
    schema: () => definitionSchema(),
  }
}

/** The same without the fields that were not given. */
function defined(query: {
  limit: number
  cursor?: string | undefined
  search?: string | undefined
  workspace?: string | undefined
}) {
  return {
    limit: query.limit,
    ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
    ...(query.workspace === undefined ? {} : { workspace: query.workspace }),
    ...(query.search === undefined ? {} : { search: query.search }),
  }
}
