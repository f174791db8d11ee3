import type { Json, Problem } from './common.ts'

/**
 * Every code that the API answers with, in one table: HTTP status and title. What happened, and what to do about it,
 * is said by the place that throws, because only it knows.
 */
export const problemCodes = {
  bad_request: [400, 'The request is not valid'],
  params_invalid: [400, 'The parameters do not fit the workflow'],
  workflow_invalid: [422, 'The workflow has errors'],
  unauthorized: [401, 'Sign-in is needed'],
  ticket_refused: [401, 'The sign-in link does not work any more'],
  forbidden: [403, 'A permission is missing'],
  host_refused: [403, 'The Host header names no address of this engine'],
  not_found: [404, 'There is nothing at this address'],
  project_not_found: [404, 'No such project'],
  project_exists: [409, 'There is a project of this name'],
  project_in_use: [409, 'The project is in use'],
  project_archived: [409, 'The project is archived'],
  project_fixed: [409, 'This project stays as it is'],
  workspace_not_found: [404, 'No such workspace'],
  workspace_exists: [409, 'There is a workspace of this name'],
  workspace_in_use: [409, 'The workspace is in use'],
  workspace_archived: [409, 'The workspace is archived'],
  workspace_fixed: [409, 'This workspace stays as it is'],
  workspace_cycle: [409, 'A workspace cannot inherit from itself'],
  workspace_unrelated: [409, 'The workspaces do not inherit from each other in this way'],
  transfer_not_found: [404, 'No such export or import'],
  archive_invalid: [422, 'The archive cannot be imported'],
  archive_newer: [422, 'The archive was written by a newer Weir'],
  archive_too_large: [413, 'The archive holds too much'],
  workflow_not_found: [404, 'No such workflow'],
  run_not_found: [404, 'No such run'],
  step_not_found: [404, 'No such step'],
  asset_not_found: [404, 'No such asset'],
  blob_not_found: [404, 'No such blob'],
  draft_not_found: [404, 'No such draft'],
  worker_not_found: [404, 'No such worker'],
  worker_unstartable: [422, 'The worker cannot be started'],
  pool_not_found: [404, 'No such pool'],
  pool_exists: [409, 'There is a pool of this name'],
  method_not_allowed: [405, 'This address does not take that method'],
  run_finished: [409, 'The run has ended'],
  step_finished: [409, 'The step has ended'],
  run_not_finished: [409, 'The run has not ended'],
  rerun_nothing: [409, 'There is nothing to run again'],
  approval_not_waiting: [409, 'The step does not wait for an answer'],
  workflow_of_code: [409, 'The workflow is made from code'],
  module_conflict: [409, 'The module cannot be registered'],
  module_unregistered: [409, 'The module is not the one that is registered'],
  module_not_found: [404, 'No such module'],
  target_not_found: [404, 'No such target'],
  call_invalid: [400, 'The call does not fit the target'],
  call_limit: [409, 'The run may call no more'],
  execution_over: [409, 'The execution has ended'],
  secret_not_found: [404, 'No such secret'],
  workflow_conflict: [409, 'There is a newer version'],
  draft_conflict: [409, 'The draft was changed elsewhere'],
  workflow_in_use: [409, 'The workflow is in use'],
  engine_running: [409, 'Another engine owns this data folder'],
  idempotency_conflict: [409, 'This Idempotency-Key was used for another request'],
  blob_digest_mismatch: [422, 'The body has another digest'],
  value_invalid: [422, 'The value is not encoded as it should be'],
  value_too_large: [413, 'The value is too large'],
  payload_too_large: [413, 'The body is too large'],
  unsupported_media_type: [415, 'The body has a type that is not read here'],
  too_many_requests: [429, 'Too many requests'],
  internal: [500, 'The engine failed'],
  blob_corrupt: [500, 'A stored file is damaged'],
  project_failed: [503, 'The project cannot be used now'],
  engine_stopping: [503, 'The engine is stopping'],
  disk_full: [507, 'The disk is full'],
  database_newer: [503, 'The data was written by a newer Weir'],
  data_unusable: [503, 'The data folder cannot be used'],
  address_taken: [409, 'The address is in use'],
  address_refused: [400, 'The engine does not listen at such an address'],
} as const satisfies Record<string, readonly [number, string]>

export type ProblemCode = keyof typeof problemCodes

export interface ProblemContext {
  /** The field at fault, as a path such as `body.params.year` */
  field?: string
  /** What to do, in a sentence */
  fix?: string
  line?: number
  column?: number
  problems?: Json[]
  cause?: unknown
}

/** An error that the caller is meant to read: thrown by services, answered as problem+json, printed by the CLI. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly code: ProblemCode
  readonly context: ProblemContext

  constructor(code: ProblemCode, detail: string, context: ProblemContext = {}) {
    super(detail, context.cause === undefined ? undefined : { cause: context.cause })
    this.code = code
    this.context = context
  }

  get status(): number {
    return problemCodes[this.code][0]
  }

  toProblem(): Problem {
    const { cause: _cause, ...context } = this.context
    const [status, title] = problemCodes[this.code]
    return { type: `/docs/errors#${this.code}`, title, status, code: this.code, detail: this.message, ...context }
  }
}
