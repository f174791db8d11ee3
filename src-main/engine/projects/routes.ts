import type { projectRoutes } from '../../../src-shared/contract/index.ts'
import type { Handlers } from '../http/index.ts'
import type { Projects } from './service.ts'

export const projectHandlers = (projects: Projects): Handlers<typeof projectRoutes> => ({
  list: async () => ({ items: await projects.list(), next: null }),
})
