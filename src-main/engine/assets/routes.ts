import type { assetRoutes } from '../../../src-shared/contract/index.ts'
import type { Handlers } from '../http/index.ts'
import type { AssetService } from './service.ts'

/** @param serviceOf the service of a project; refuses with project_not_found */
export function assetHandlers(serviceOf: (project: string) => Promise<AssetService>): Handlers<typeof assetRoutes> {
  return {
    putBlob: async ({ params, query, body }) => (await serviceOf(params.project)).putBlob(body, query.digest),
    getBlob: async ({ params }) => (await serviceOf(params.project)).getBlob(params.digest),
    list: async ({ params, query: { run, step, limit, cursor } }) =>
      (await serviceOf(params.project)).list({
        run,
        limit,
        ...(step === undefined ? {} : { step }),
        ...(cursor === undefined ? {} : { cursor }),
      }),
    get: async ({ params }) => (await serviceOf(params.project)).get(params.asset),
    getFile: async ({ params, query }) => (await serviceOf(params.project)).getFile(params.asset, query.path),
  }
}
