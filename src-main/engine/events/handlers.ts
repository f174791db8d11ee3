import { type eventRoutes, ProblemError } from '../../../src-shared/contract/index.ts'
import type { Handlers } from '../http/handler.ts'
import type { EventSource } from './source.ts'

/** The journal over REST. */
export function eventHandlers(source: EventSource): Handlers<typeof eventRoutes> {
  return {
    async list({ params, query }) {
      await mustExist(source, params.project)
      const { items, cursor } = await source.after(params.project, query.after, query.limit, query.run)
      return { items, cursor }
    },
  }
}

/** @throws ProblemError project_not_found */
export async function mustExist(source: EventSource, project: string): Promise<void> {
  if (await source.exists(project)) return
  throw new ProblemError('project_not_found', `There is no project "${project}".`, {
    field: 'params.project',
    fix: 'GET /api/v1/projects lists those that there are.',
  })
}
