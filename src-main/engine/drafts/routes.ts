import type { draftRoutes } from '../../../src-shared/contract/index.ts'
import type { Handlers } from '../http/handler.ts'
import type { DraftService } from './service.ts'

/** @param serviceOf the service of a project; throws project_not_found */
export function draftHandlers(serviceOf: (project: string) => Promise<DraftService>): Handlers<typeof draftRoutes> {
  return {
    async list({ params, query: { limit, cursor, workflow } }) {
      return (await serviceOf(params.project)).list({
        limit,
        ...(cursor === undefined ? {} : { cursor }),
        ...(workflow === undefined ? {} : { workflow }),
      })
    },
    get: async ({ params }) => (await serviceOf(params.project)).get(params.draft),
    async save({ params, body: { revision, ...content } }) {
      return (await serviceOf(params.project)).save(params.draft, content, revision)
    },
    remove: async ({ params }) => (await serviceOf(params.project)).remove(params.draft),
  }
}
