/** Safe in browsers. Node programs import `node.ts` beside it. */
export type { BytesRoute, CallOptions, Client, Download, JsonRoute, Line, LinesRoute } from './client.ts'
export { createClient } from './client.ts'
export type { EventStream, Subscription } from './events.ts'
export type { FetchClientOptions, FetchLike, SocketFactory, SocketLike } from './fetch.ts'
export { createFetchClient, fetchTransport } from './fetch.ts'
export type { Transport, TransportAnswer, TransportRequest, TransportSocket } from './transport.ts'
export { EngineUnreachable, nobodyListens } from './transport.ts'
