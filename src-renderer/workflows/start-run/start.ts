import { type Json, ProblemError, runRoutes } from '../../../src-shared/contract/index.ts'
import { call, keyOf, PROJECT, queryClient } from '../../api/index.ts'

export interface StartRequest {
  readonly workflow: string
  readonly version?: number
  readonly params: Record<string, Json>
  readonly workspace: string
  readonly priority?: number
  /** An ended run whose results are taken over as far as they are still right */
  readonly keep?: string
}

/** Starts a run at most once: a start that is sent again after the connection was cut carries the same key. */
export class RunStarter {
  #key = crypto.randomUUID()

  /** @returns the run's identifier */
  async start(request: StartRequest): Promise<string> {
    try {
      const run = await call(
        runRoutes.start,
        { params: { project: PROJECT }, body: request },
        { idempotencyKey: this.#key },
      )
      void queryClient.invalidateQueries({ queryKey: keyOf(runRoutes.list) })
      return run.id
    } catch (error) {
      if (error instanceof ProblemError && error.code === 'idempotency_conflict') {
        // Changed after a start whose answer was lost: the next click means a run of its own.
        this.#key = crypto.randomUUID()
        throw new ProblemError('idempotency_conflict', 'The run was started already, with what stood here before.', {
          fix: 'Look for it under Runs. Start again to run it with what stands here now, too.',
          cause: error,
        })
      }
      throw error
    }
  }
}
