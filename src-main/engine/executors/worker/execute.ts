import { type Json, ProblemError } from '../../../../src-shared/contract/index.ts'
import { type EngineMessage, FRAME_BYTES, type StepEnd } from '../../../../src-shared/contract/worker-protocol.ts'
import type { Blobs } from '../../assets/blobs.ts'
import type { Job } from '../executor.ts'
import { blobsOfValue } from './value.ts'

type Execute = Extract<EngineMessage, { type: 'execute' }>

/** A message is shortened until it has this many bytes: it shares its frame with others. */
const AIM_BYTES = FRAME_BYTES / 2
/** Values below this size gain nothing from being stored. */
const SMALL_BYTES = 1024

/** The order that a worker gets for a job. */
export function executeOf(job: Job): Execute {
  const { call } = job
  if (call === undefined) throw new Error(`the job ${job.token} calls no target`)
  return {
    type: 'execute',
    token: job.token,
    execution: call.execution,
    run: job.run,
    workspace: job.workspace,
    target: call.target,
    version: call.version,
    args: [...call.args],
    ...(call.named === undefined ? {} : { named: { ...call.named } }),
    ...(call.steps === undefined ? {} : { steps: { ...call.steps } }),
    attempt: job.attempt,
    isolation: call.isolation,
    ...(call.resumed ? { resumed: true } : {}),
  }
}

/** A value inside a message, and how to put another in its place. */
interface Slot {
  readonly text: string
  readonly value: Json
  readonly put: (value: Json) => void
}

/**
 * A message that is longer than a frame, with its largest values stored as blobs, as the protocol does with any large part.
 * @throws ProblemError payload_too_large when the rest alone is too long
 */
export async function shortened(message: EngineMessage, blobs: Blobs): Promise<EngineMessage> {
  const copy = copyOf(message)
  let size = Buffer.byteLength(JSON.stringify(copy))
  const slots = slotsOf(copy).sort((a, b) => b.text.length - a.text.length)
  for (const { text, value, put } of slots) {
    if (size <= AIM_BYTES || text.length < SMALL_BYTES) break
    const bytes = Buffer.from(text, 'utf8')
    const { digest } = await blobs.put(bytes)
    const stored = { $weir: 'stored', blob: digest, size: bytes.length, blobs: [...new Set(blobsOfValue(value))] }
    put(stored)
    size -= bytes.length - Buffer.byteLength(JSON.stringify(stored))
  }
  if (size <= FRAME_BYTES - 2) return copy
  throw new ProblemError(
    'payload_too_large',
    `A message to the worker has ${size} bytes; a frame may have ${FRAME_BYTES}.`,
    {
      fix: 'Pass fewer arguments, or wait for fewer steps at once.',
    },
  )
}

/** As deep as slots are put into. */
function copyOf(message: EngineMessage): EngineMessage {
  if (message.type === 'selected') return { ...message, steps: message.steps.map((step) => ({ ...step })) }
  if (message.type !== 'execute') return message
  const { args, named, steps } = message
  return {
    ...message,
    args: [...args],
    ...(named === undefined ? {} : { named: { ...named } }),
    ...(steps === undefined
      ? {}
      : { steps: Object.fromEntries(Object.entries(steps).map(([key, step]) => [key, { ...step }])) }),
  }
}

function slotsOf(message: EngineMessage): Slot[] {
  if (message.type === 'selected') return message.steps.flatMap(slotsOfStep)
  if (message.type !== 'execute') return []
  const { args, named = {}, steps = {} } = message
  return [
    ...args.map((value, index) => slot(value, (other) => args.splice(index, 1, other))),
    ...Object.entries(named).map(([name, value]) => slot(value, (other) => Object.assign(named, { [name]: other }))),
    ...Object.values(steps).flatMap(slotsOfStep),
  ]
}

function slotsOfStep(step: StepEnd): Slot[] {
  if (step.value === undefined) return []
  return [
    slot(step.value, (other) => {
      step.value = other
    }),
  ]
}

const slot = (value: Json, put: (value: Json) => void): Slot => ({ text: JSON.stringify(value), value, put })
