import type { poolRoutes } from '../../../src-shared/contract/index.ts'
import type { Handlers } from '../http/index.ts'
import type { Pools } from './pools.ts'

export const poolHandlers = (pools: Pools): Handlers<typeof poolRoutes> => ({
  list: ({ params }) => ({ items: pools.list(params.project) }),
  create: ({ params, body }) => pools.create(params.project, body),
  get: ({ params }) => pools.get(params.project, params.pool),
  start: ({ params }) => pools.enable(params.project, params.pool, true),
  stop: ({ params }) => pools.enable(params.project, params.pool, false),
  remove: ({ params }) => pools.remove(params.project, params.pool),
  logs: ({ params, query }) => ({ lines: pools.logs(params.project, params.pool, query.tail) }),
})
