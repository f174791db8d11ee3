import { TagsInput } from '@mantine/core'
import type { Json } from '../../../../src-shared/contract/index.ts'
import { helpOf, labelOf } from '../schema-text.ts'
import { showValue } from '../values.ts'
import { FieldRow } from './FieldRow.tsx'
import { MAX_LISTED } from './limits.ts'
import { type FieldProps, useField } from './use-field.ts'

interface ListFieldProps extends FieldProps {
  readonly known?: readonly string[]
  readonly placeholder?: string
  readonly read?: (text: string) => Json
  /** A list of one is written without brackets */
  readonly isLoose?: boolean
  /** Without its last item the list stays, empty, instead of going away */
  readonly keepsEmpty?: boolean
}

/** A list of short texts, as chips: Enter or a comma ends one. */
export function ListField({
  path,
  schema,
  label,
  onRemove,
  known,
  placeholder,
  isLoose,
  keepsEmpty,
  autoFocus,
  read = (text) => text,
}: ListFieldProps) {
  const field = useField(path)
  const name = label ?? labelOf(String(path.at(-1)))
  const items = (field.value === undefined || field.value === null ? [] : [field.value].flat()).map(showValue)
  return (
    <FieldRow
      label={name}
      help={helpOf(schema)}
      problems={field.problems}
      onRemove={field.isLocked ? undefined : onRemove}
    >
      {(ids) => (
        <TagsInput
          limit={MAX_LISTED}
          id={ids.control}
          aria-describedby={ids.described}
          disabled={field.isLocked}
          error={field.problems.some((one) => one.severity === 'error')}
          value={items}
          data={known === undefined ? [] : [...known]}
          placeholder={items.length === 0 ? (placeholder ?? '') : ''}
          acceptValueOnBlur
          autoFocus={autoFocus === true}
          onChange={(next) => {
            const values = next.map(read)
            const [only] = values
            if (values.length === 0) field.set(keepsEmpty === true ? [] : undefined)
            else field.set(isLoose === true && values.length === 1 && only !== undefined ? only : values)
          }}
        />
      )}
    </FieldRow>
  )
}
