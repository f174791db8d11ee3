import { ProblemError } from '../../../../src-shared/contract/index.ts'
import type { WorkerMessage } from '../../../../src-shared/contract/worker-protocol.ts'
import type { Blobs } from '../../assets/blobs.ts'
import type { Outcome, Report } from '../executor.ts'
import { asFailure } from '../failure.ts'
import type { Held } from './held.ts'
import { blobMissing, blobsOfValue, isPlain } from './value.ts'

export type Ending = Extract<WorkerMessage, { type: 'result' | 'error' | 'suspend' | 'aborted' }>

const CODES = { error: 'error', oom: 'oom', abandoned: 'abandoned' } as const

/** What an ending comes to; a promise when blobs are to be looked for first. */
export function reportOf(held: Held, message: Ending, at: number, blobs: Blobs): Report | Promise<Report> {
  const { token } = held
  const finished = (outcome: Outcome): Report => ({ type: 'finished', token, at, outcome })
  switch (message.type) {
    case 'result': {
      const outcome = outcomeOf(message, blobs)
      return outcome instanceof Promise ? outcome.then(finished) : finished(outcome)
    }
    case 'error':
      return finished(held.killed === null ? failureOf(message) : { status: 'cancelled', ...usageOf(message) })
    case 'suspend': {
      if (held.killed !== null) return finished({ status: 'cancelled' })
      const { steps, mode, delayMs = null } = message
      return { type: 'suspended', token, at, steps, mode, delayMs }
    }
    case 'aborted':
      if (held.killed !== null) return finished({ status: 'cancelled' })
      return { type: 'lost', token, at, reason: 'its worker ended it, and nobody had asked for that' }
  }
}

function outcomeOf(message: Extract<Ending, { type: 'result' }>, blobs: Blobs): Outcome | Promise<Outcome> {
  const { value } = message
  const outcome: Outcome = { status: 'succeeded', outputs: { result: value }, ...usageOf(message) }
  if (isPlain(value)) return outcome
  try {
    const digests = blobsOfValue(value)
    return digests.length === 0 ? outcome : withBlobs(outcome, digests, blobs)
  } catch (error) {
    if (error instanceof ProblemError) return { status: 'failed', kind: 'error', error: asFailure(error) }
    throw error
  }
}

/** A result is good only when everything that it names is on disk. */
async function withBlobs(outcome: Outcome, digests: readonly string[], blobs: Blobs): Promise<Outcome> {
  try {
    const missing = await firstMissing(digests, blobs)
    return missing === null ? outcome : { status: 'failed', kind: 'error', error: blobMissing(missing) }
  } catch (error) {
    return { status: 'failed', kind: 'error', error: asFailure(error) }
  }
}

/** A digest that is not stored; null when all are. */
export async function firstMissing(digests: Iterable<string>, blobs: Blobs): Promise<string | null> {
  for (const digest of new Set(digests)) if ((await blobs.stat(digest)) === null) return digest
  return null
}

function failureOf(message: Extract<Ending, { type: 'error' }>): Outcome {
  const { error, kind } = message
  const { type, message: text, stack, retry } = error
  return {
    status: 'failed',
    kind,
    error: { code: CODES[kind], message: text, type, ...(stack === undefined ? {} : { details: stack }) },
    ...(retry === undefined ? {} : { retry }),
    ...usageOf(message),
  }
}

const usageOf = ({ usage }: { readonly usage?: Outcome['usage'] | undefined }): Pick<Outcome, 'usage'> =>
  usage === undefined ? {} : { usage }
