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
