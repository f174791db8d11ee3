import type { Json } from '../../../../src-shared/contract/index.ts'
import type { WorkerOffer } from '../../executors/index.ts'
import type { CallRequest } from '../core/index.ts'
import { type TargetFields, target } from './plan.ts'

/** A call of a function of the module `lab` with these arguments. */
export const asks = (
  name: string,
  args: Json = [],
  fields: Partial<Omit<CallRequest, 'name' | 'args'>> & { step?: TargetFields } = {},
): CallRequest => {
  const { step, ...rest } = fields
  return {
    name,
    definition: target(name, step),
    args: { json: args },
    refs: [],
    memo: null,
    defer: null,
    group: null,
    ...rest,
  }
}

/** What a worker of workspace main offers that hosts version 1 of the module `lab`. */
export const offers = (fields: Partial<WorkerOffer> = {}): WorkerOffer => ({
  name: 'worker',
  host: 'here',
  pid: 7,
  sdk: 'python 0.1.0',
  runtime: 'CPython 3.11.7',
  workspace: 'main',
  pool: null,
  tags: [],
  hosts: { lab: 1 },
  earlier: {},
  concurrency: 10,
  shared: 10,
  draining: false,
  connected: true,
  ...fields,
})
