import { type Failure, type Json, ProblemError } from '../../../../src-shared/contract/index.ts'
import type { Call, EngineMessage, WorkerMessage } from '../../../../src-shared/contract/worker-protocol.ts'
import type { Blobs } from '../../assets/blobs.ts'
import type { CodeCalls } from '../executor.ts'
import { asFailure } from '../failure.ts'
import type { InOrder } from '../in-order.ts'
import { firstMissing } from './endings.ts'
import { blobMissing, blobsOfValue, isPlain } from './value.ts'

/** What running code asks for, and gets an answer to by its number. */
export type Request = Extract<WorkerMessage, { type: 'submit' | 'select' | 'cancel' | 'secret' }>

/** Answers a request; a problem becomes `refused`, with what to do. Never rejects. */
export async function answer(calls: CodeCalls, blobs: Blobs, request: Request, order: InOrder): Promise<EngineMessage> {
  const { id } = request
  try {
    return await ask(calls, blobs, request, order)
  } catch (error) {
    return { type: 'refused', id, problem: problemOf(error) }
  }
}

async function ask(calls: CodeCalls, blobs: Blobs, request: Request, order: InOrder): Promise<EngineMessage> {
  const { id, token } = request
  switch (request.type) {
    case 'submit':
      await order.after(checkValues(request.calls.flatMap(valuesOf), blobs))
      return { type: 'submitted', id, steps: await calls.submit(token, id, request.calls) }
    case 'select': {
      const { steps, mode, timeoutMs = null, cancelRemaining } = request
      return { type: 'selected', id, ...(await calls.select(token, steps, mode, timeoutMs, cancelRemaining)) }
    }
    case 'cancel':
      await calls.cancel(token, request.steps)
      return { type: 'cancelled', id }
    case 'secret':
      return { type: 'secret', id, value: await calls.secret(token, request.name) }
  }
}

function valuesOf(call: Call): Json[] {
  if ('target' in call) return call.named === undefined ? call.args : [...call.args, ...Object.values(call.named)]
  return 'workflow' in call ? Object.values(call.params) : []
}

/** @throws ProblemError when a value cannot be kept, or names a blob that is not there */
export async function checkValues(values: readonly Json[], blobs: Blobs): Promise<void> {
  const digests = new Set<string>()
  for (const value of values) {
    if (isPlain(value)) continue
    for (const digest of blobsOfValue(value)) digests.add(digest)
  }
  const missing = digests.size === 0 ? null : await firstMissing(digests, blobs)
  if (missing === null) return
  const { message, fix } = blobMissing(missing)
  throw new ProblemError('blob_not_found', message, fix === undefined ? {} : { fix })
}

/** What a worker is told about an error. */
export function problemOf(error: unknown): Failure {
  const { details: _details, ...failure } = asFailure(error)
  return failure
}
