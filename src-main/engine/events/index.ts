export { eventHandlers } from './handlers.ts'
export type { EventSockets, EventSocketsOptions } from './socket.ts'
export { eventSockets } from './socket.ts'
export type { EventPage, EventSource } from './source.ts'
