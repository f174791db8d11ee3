import type { Json, Param } from '../../../src-shared/contract/index.ts'

/** What every control of a parameter is given. */
export interface ControlProps {
  readonly id: string
  readonly name: string
  readonly param: Param
  readonly given: Json | undefined
  readonly onChange: (value: Json | undefined) => void
  readonly describedBy: string
  readonly isWrong: boolean
}
