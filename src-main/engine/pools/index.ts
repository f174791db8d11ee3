export { createPools, type PoolHomes, type Pools } from './pools.ts'
export { poolHandlers } from './routes.ts'
