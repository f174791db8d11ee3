import type { projectRoutes } from '../../../src-shared/contract/index.ts'
import type { Handlers } from '../http/index.ts'
import type { Projects } from './service.ts'

export const projectHandlers = (projects: Projects): Handlers<typeof projectRoutes> => ({
  list: async ({ query }) => ({ items: await projects.list(query), next: null }),
  get: ({ params }) => projects.view(params.project),
  create: ({ body }) => projects.create(body),
  update: ({ params, body }) => projects.update(params.project, body),
  archive: ({ params }) => projects.archive(params.project),
  unarchive: ({ params }) => projects.unarchive(params.project),
  remove: ({ params }) => projects.remove(params.project),
})
