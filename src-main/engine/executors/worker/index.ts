export { WorkerHub } from './hub.ts'
export type { FromSocket, HubParts, ToSocket } from './parts.ts'
export type { LiveWorker } from './view.ts'
