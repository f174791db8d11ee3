import { z } from 'zod'
import { Name } from './common.ts'
import { route } from './route.ts'

export const ProjectParams = z.object({ project: Name })

export const Project = z.object({
  name: z.string(),
  state: z.enum(['idle', 'running', 'failed']),
  activeRuns: z.int(),
})
export type Project = z.infer<typeof Project>

export const projectRoutes = {
  list: route({
    id: 'projects.list',
    method: 'GET',
    path: '/api/v1/projects',
    permission: 'SIGNED_IN',
    change: false,
    summary: 'The projects of this engine',
    response: z.object({ items: z.array(Project), next: z.null() }),
  }),
} as const
