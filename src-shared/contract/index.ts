import { assetRoutes } from './assets.ts'
import { auditRoutes } from './audit.ts'
import { authRoutes } from './auth.ts'
import { draftRoutes } from './drafts.ts'
import { engineRoutes } from './engine.ts'
import { eventRoutes } from './events.ts'
import { poolRoutes } from './pools.ts'
import { projectRoutes } from './projects.ts'
import { runRoutes } from './runs.ts'
import { targetRoutes } from './targets.ts'
import { workerRoutes } from './workers.ts'
import { workflowRoutes } from './workflows.ts'
import { workspaceRoutes } from './workspaces.ts'

export * from './assets.ts'
export * from './audit.ts'
export * from './auth.ts'
export * from './common.ts'
export * from './drafts.ts'
export * from './engine.ts'
export * from './events.ts'
export * from './executions.ts'
export * from './permissions.ts'
export * from './pools.ts'
export * from './problems.ts'
export * from './projects.ts'
export * from './questions.ts'
export * from './route.ts'
export * from './run-output.ts'
export * from './runs.ts'
export * from './targets.ts'
export * from './workers.ts'
export * from './workflows.ts'
export * from './workspaces.ts'

/** Every operation of the API, by area. */
export const routes = {
  engine: engineRoutes,
  projects: projectRoutes,
  workspaces: workspaceRoutes,
  workflows: workflowRoutes,
  drafts: draftRoutes,
  runs: runRoutes,
  targets: targetRoutes,
  workers: workerRoutes,
  pools: poolRoutes,
  assets: assetRoutes,
  events: eventRoutes,
  auth: authRoutes,
  audit: auditRoutes,
} as const
