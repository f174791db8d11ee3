import { z } from 'zod'
import { Json, RunId, StepKey, Time } from './common.ts'

/** What a person is asked, by an approval of a drawn workflow or by code. */
export const Question = z.object({
  run: RunId,
  workflow: z.string(),
  workspace: z.string(),
  step: StepKey,
  message: z.string(),
  form: z.record(z.string(), Json).describe('Fields of the answer, as parameters of a workflow are declared'),
  since: Time,
  by: StepKey.optional().describe('The call that asks'),
})
export type Question = z.infer<typeof Question>

/** Steps of a run that could run and do not yet; those that ask for the same stand together. */
export const QueueEntry = z.object({
  run: RunId,
  workflow: z.string(),
  workspace: z.string().describe('Where they are to run'),
  step: StepKey.describe('The one whose turn comes first'),
  name: z.string().describe('Of the step or function that all of them belong to'),
  target: z.string().optional().describe('The function that a worker is to run: module/target@version'),
  count: z.int(),
  priority: z.int(),
  why: z.string().describe('What the first one waits for, in words'),
  since: Time.describe('Since when the first one could run'),
})
export type QueueEntry = z.infer<typeof QueueEntry>
