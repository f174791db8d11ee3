import { assetRoutes } from './assets.ts'
import { auditRoutes } from './audit.ts'
import { engineRoutes } from './engine.ts'
import { eventRoutes } from './events.ts'
import { projectRoutes } from './projects.ts'
import { runRoutes } from './runs.ts'
import { workflowRoutes } from './workflows.ts'

export * from './assets.ts'
export * from './audit.ts'
export * from './common.ts'
export * from './engine.ts'
export * from './events.ts'
export * from './permissions.ts'
export * from './problems.ts'
export * from './projects.ts'
export * from './route.ts'
export * from './runs.ts'
export * from './workflows.ts'

/** Every operation of the API, by area. */
export const routes = {
  engine: engineRoutes,
  projects: projectRoutes,
  workflows: workflowRoutes,
  runs: runRoutes,
  assets: assetRoutes,
  events: eventRoutes,
  audit: auditRoutes,
} as const
