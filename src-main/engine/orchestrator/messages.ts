import { type ProblemCode, type ProblemContext, ProblemError } from '../../../src-shared/contract/index.ts'
import type { FromSocket, ToSocket } from '../executors/index.ts'
import type { JournalEntry } from '../storage/index.ts'
import type { StepResources } from '../workflows/index.ts'
import type { Calls } from './calls.ts'
import type { MachinePlace } from './machine.ts'

/** What a project's thread is started with. */
export interface ThreadData {
  readonly project: string
  readonly folder: string
  readonly engineId: string
  readonly capacity: StepResources
  /** Its place among the projects that share the machine */
  readonly machine: MachinePlace
  readonly retention: { readonly keepRuns: number; readonly keepDays: number }
}

export type ToThread =
  | { readonly type: 'call'; readonly id: number; readonly method: keyof Calls; readonly args: readonly unknown[] }
  /** What is kept from now on */
  | { readonly type: 'retention'; readonly retention: ThreadData['retention'] }
  | { readonly type: 'close' }
  | FromSocket

export type FromThread =
  | { readonly type: 'ready' }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'refusal'; readonly id: number; readonly fault: Fault }
  | { readonly type: 'committed'; readonly entries: readonly JournalEntry[] }
  | { readonly type: 'failed'; readonly fault: Fault }
  | { readonly type: 'closed' }
  | { readonly type: 'note'; readonly text: string }
  | ToSocket

/** An error on its way between threads: a problem keeps its code and context. */
export interface Fault {
  readonly message: string
  readonly stack?: string
  readonly problem?: { readonly code: ProblemCode; readonly context: ProblemContext }
}

export function toFault(error: unknown): Fault {
  if (error instanceof ProblemError) {
    const { cause: _cause, ...context } = error.context
    return { message: error.message, problem: { code: error.code, context } }
  }
  if (!(error instanceof Error)) return { message: String(error) }
  return { message: error.message, ...(error.stack === undefined ? {} : { stack: error.stack }) }
}

export function fromFault(fault: Fault): Error {
  if (fault.problem !== undefined) return new ProblemError(fault.problem.code, fault.message, fault.problem.context)
  const error = new Error(fault.message)
  if (fault.stack !== undefined) error.stack = fault.stack
  return error
}
