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
  export: ({ params, body }, { signal }) => projects.export(params.project, body.active, signal),
  getExport: ({ params }) => projects.transfers.exported(params.export),
  exportFile: ({ params }) => ({ ...projects.transfers.file(params.export), type: 'application/gzip' }),
  cancelExport: ({ params }) => projects.transfers.cancel(params.export),
  import: ({ query, body }, { signal }) =>
    projects.import({
      body,
      name: query.name ?? null,
      id: query.id ?? null,
      isTrusted: query.trusted,
      signal,
    }),
  getImport: ({ params }) => projects.transfers.imported(params.import),
})
