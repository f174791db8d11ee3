import { z } from 'zod'
import { Json, RunId, Time } from './common.ts'
import { ProjectParams } from './projects.ts'
import { route } from './route.ts'

/** What happened to a run, as the journal holds it. `cursor` grows; several events of one commit share it. */
export const RunEvent = z.object({
  cursor: z.int(),
  at: Time,
  project: z.string(),
  run: RunId,
  type: z.string().describe('e.g. run.created, execution.dispatched, execution.finished, run.finished'),
  step: z.string().optional(),
  index: z.int().optional(),
  attempt: z.int().optional(),
  data: z.record(z.string(), Json),
})
export type RunEvent = z.infer<typeof RunEvent>

export const eventRoutes = {
  list: route({
    id: 'events.list',
    method: 'GET',
    path: '/api/v1/projects/{project}/events',
    permission: 'WORKFLOW',
    change: false,
    summary: 'Events after a cursor, oldest first',
    params: ProjectParams,
    query: z.object({
      after: z.coerce.number().int().min(0).default(0),
      run: RunId.optional(),
      limit: z.coerce.number().int().min(1).max(10_000).default(1000),
    }),
    response: z.object({ items: z.array(RunEvent), cursor: z.int().describe('Hand it in as `after` to go on') }),
  }),
} as const

/** Address of the WebSocket on which events are pushed. */
export const eventSocketPath = '/api/v1/events'

/** What a client says on the socket. */
export const ClientMessage = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('subscribe'),
    id: z.string().max(64).describe('Chosen by the client; comes back with every event'),
    project: z.string(),
    run: RunId.optional().describe('All runs of the project when absent'),
    after: z.int().min(0).optional().describe('Resume after this cursor; only what is new when absent'),
  }),
  z.strictObject({ type: z.literal('unsubscribe'), id: z.string().max(64) }),
  z.strictObject({ type: z.literal('ping') }),
])
export type ClientMessage = z.infer<typeof ClientMessage>

/** What the engine says on the socket. */
export const ServerMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('subscribed'), id: z.string(), cursor: z.int() }),
  z.object({ type: z.literal('events'), id: z.string(), events: z.array(RunEvent), cursor: z.int() }),
  z.object({
    type: z.literal('resync'),
    id: z.string(),
    cursor: z.int().describe('The reader was too slow: fetch the state anew and subscribe after this cursor'),
  }),
  z.object({ type: z.literal('problem'), id: z.string().optional(), code: z.string(), detail: z.string() }),
  z.object({ type: z.literal('pong') }),
])
export type ServerMessage = z.infer<typeof ServerMessage>
