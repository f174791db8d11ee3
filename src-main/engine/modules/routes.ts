import type { targetRoutes } from '../../../src-shared/contract/index.ts'
import type { Handlers } from '../http/index.ts'
import type { ModuleService } from './service.ts'

/** @param serviceOf the service of a project; refuses with `project_not_found` */
export function targetHandlers(serviceOf: (project: string) => Promise<ModuleService>): Handlers<typeof targetRoutes> {
  return {
    register: async ({ params, body: { workspace, manifests, register } }) => ({
      versions: await (await serviceOf(params.project)).declare(workspace, manifests, register),
    }),
    modules: async ({ params, query }) => (await serviceOf(params.project)).list(query),
    module: async ({ params, query }) => (await serviceOf(params.project)).get(params.module, query),
    versions: async ({ params, query }) => (await serviceOf(params.project)).versions(params.module, query),
    list: async ({ params, query }) => (await serviceOf(params.project)).targets(query),
    get: async ({ params, query }) => (await serviceOf(params.project)).target(params.module, params.target, query),
  }
}
