import type { Answer, Parsed, Permission, Route } from '../../../src-shared/contract/index.ts'

/** Who calls, and how: handed to every handler beside the validated input. */
export interface CallContext {
  readonly actor: {
    readonly name: string
    readonly permissions: readonly Permission[]
    /** The session that it signed in with, if it did */
    readonly session?: { readonly id: number; readonly ended: AbortSignal }
  }
  /** Address of the caller, or `socket` */
  readonly from: string
  /** The caller's Idempotency-Key, when given */
  readonly idempotencyKey: string | null
  /** What a browser wants to do with the answer, e.g. `document` or `iframe` (Sec-Fetch-Dest); absent for programs */
  readonly destination?: string
  /** Aborted when the caller goes away: streams end then. */
  readonly signal: AbortSignal
}

/** A streamed download. */
export interface Bytes {
  readonly body: AsyncIterable<Uint8Array>
  readonly size?: number
  /** Media type; `application/octet-stream` when absent */
  readonly type?: string
  /** File name that a browser offers */
  readonly name?: string
  /** Strong validator, quoted by the server */
  readonly etag?: string
  /** Headers in place of those that every download has; null leaves one out */
  readonly headers?: Readonly<Record<string, string | null>>
}

type Result<R extends Route> = R['response'] extends 'bytes'
  ? Bytes
  : R['response'] extends 'lines'
    ? AsyncIterable<object> // each a line, or an array of lines where there are many
    : R['response'] extends 'none'
      ? unknown // nothing of it is sent
      : Answer<R>

/** What serves one route: input is parsed and permitted already; throw a ProblemError to refuse. */
export type Handler<R extends Route> = (input: Parsed<R>, context: CallContext) => Result<R> | Promise<Result<R>>

/** The handlers of one area: one for every route of its table. */
export type Handlers<T extends Record<string, Route>> = { readonly [K in keyof T]: Handler<T[K]> }
