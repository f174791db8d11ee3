import type { z } from 'zod'
import type { Requirement } from './permissions.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/**
 * One operation of the API. The server mounts it, OpenAPI is printed from it, and every client calls through it, so
 * that neither a path nor a field is written down twice.
 */
export interface Route {
  readonly method: Method
  /** Path with parameters in braces, e.g. `/api/v1/projects/{project}/runs/{run}` */
  readonly path: `/api/v1/${string}`
  /** Name of the operation in OpenAPI and in generated clients: `runs.start` */
  readonly id: `${string}.${string}`
  readonly permission: Requirement
  /** True when it changes, creates, executes or transfers; such calls are audited and refused to READ_ONLY users. */
  readonly change: boolean
  /** False for a change that programs make by themselves again and again, e.g. saving what is typed: only refusals are audited */
  readonly audited?: false
  readonly summary: string
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  /** A JSON schema, or `bytes` for a streamed upload */
  readonly body?: z.ZodType | 'bytes'
  /** A JSON schema, `bytes` for a streamed download, `lines` for newline-delimited JSON, `none` for 204 */
  readonly response: z.ZodType | 'bytes' | 'lines' | 'none'
  /** For `lines`: the schema of one line */
  readonly line?: z.ZodType
  /** Status of success; 200 when absent, 204 for `none` */
  readonly status?: 200 | 201 | 202 | 204
  /** Codes of the problems it may answer with, beside those that every route has */
  readonly problems?: readonly string[]
}

/** Declares a route; keeps the literal types for the server's handlers and the clients. */
export const route = <const R extends Route>(definition: R): R => definition

type Infer<T, Otherwise> = T extends z.ZodType ? z.output<T> : Otherwise
type Given<T, Otherwise> = T extends z.ZodType ? z.input<T> : Otherwise

/** What a handler receives after validation. */
export interface Parsed<R extends Route> {
  readonly params: Infer<R['params'], Record<string, never>>
  readonly query: Infer<R['query'], Record<string, never>>
  readonly body: R['body'] extends 'bytes' ? AsyncIterable<Uint8Array> : Infer<R['body'], undefined>
}

/** What a caller hands over. */
export type Call<R extends Route> = (R['params'] extends z.ZodType ? { params: z.input<R['params']> } : object) &
  (R['query'] extends z.ZodType ? { query?: z.input<R['query']> } : object) &
  (R['body'] extends 'bytes'
    ? { body: AsyncIterable<Uint8Array> | Uint8Array | Blob }
    : R['body'] extends z.ZodType
      ? { body: Given<R['body'], never> }
      : object)

/** What a caller gets back for a JSON route. */
export type Answer<R extends Route> = R['response'] extends z.ZodType ? z.output<R['response']> : undefined
