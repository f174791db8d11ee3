import { TagsInput } from '@mantine/core'
import type { Json, Param } from '../../../src-shared/contract/index.ts'
import type { ControlProps } from './control-props.ts'
import { textOf } from './param-values.ts'

interface ListFieldProps extends ControlProps {
  readonly item: Param
  readonly entries: readonly Json[]
}

/** Numbers can be pasted with commas between them; in a text a comma may be meant. */
const BETWEEN_NUMBERS = [',', ';', ' ']

/** A list of short values, each a mark of its own: Enter adds what was typed. */
export function ListField({ id, item, entries, onChange, describedBy, isWrong }: ListFieldProps) {
  const isNumber = item.type === 'integer' || item.type === 'number'
  return (
    <TagsInput
      id={id}
      aria-describedby={describedBy}
      error={isWrong}
      value={entries.map(textOf)}
      onChange={(texts) => onChange(texts)}
      splitChars={isNumber ? BETWEEN_NUMBERS : []}
      placeholder={entries.length === 0 ? 'Type and press Enter' : ''}
      allowDuplicates
      acceptValueOnBlur
    />
  )
}
