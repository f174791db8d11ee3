import type { FieldValues } from '../../../ui/fields/index.ts'

export interface KeptAnswer {
  readonly values: FieldValues
  readonly comment: string
}

const NOTHING: KeptAnswer = { values: {}, comment: '' }
const kept = new Map<string, KeptAnswer>()

/**
 * What was typed into the form of an approval, for as long as this window is open: going to another step or run and back
 * loses nothing. It is not written to disk, because an answer may be a secret.
 */
export const keptAnswer = (run: string, step: string): KeptAnswer => kept.get(`${run}:${step}`) ?? NOTHING
export const keepAnswer = (run: string, step: string, answer: KeptAnswer): void =>
  void kept.set(`${run}:${step}`, answer)
export const forgetAnswer = (run: string, step: string): void => void kept.delete(`${run}:${step}`)
