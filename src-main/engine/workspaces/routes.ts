import type { workspaceRoutes } from '../../../src-shared/contract/index.ts'
import type { Handlers } from '../http/index.ts'
import type { WorkspaceService } from './service.ts'

/** @param serviceOf refuses with `project_not_found` */
export function workspaceHandlers(
  serviceOf: (project: string) => Promise<WorkspaceService>,
): Handlers<typeof workspaceRoutes> {
  return {
    list: async ({ params, query }) => ({ items: await (await serviceOf(params.project)).list(query), next: null }),
    get: async ({ params }) => (await serviceOf(params.project)).get(params.workspace),
    create: async ({ params, body }) => (await serviceOf(params.project)).create(body),
    rename: async ({ params, body }) => (await serviceOf(params.project)).rename(params.workspace, body.name),
    rebase: async ({ params, body }) => (await serviceOf(params.project)).rebase(params.workspace, body.base),
    pause: async ({ params }) => (await serviceOf(params.project)).pause(params.workspace, true),
    unpause: async ({ params }) => (await serviceOf(params.project)).pause(params.workspace, false),
    archive: async ({ params }) => (await serviceOf(params.project)).archive(params.workspace),
    unarchive: async ({ params }) => (await serviceOf(params.project)).unarchive(params.workspace),
    remove: async ({ params }) => (await serviceOf(params.project)).remove(params.workspace),
  }
}
