import { Select } from '@mantine/core'
import type { Json } from '../../../../src-shared/contract/index.ts'
import { helpOf, labelOf } from '../schema-text.ts'
import { showValue } from '../values.ts'
import { FieldRow } from './FieldRow.tsx'
import { MAX_LISTED } from './limits.ts'
import { type FieldProps, useField } from './use-field.ts'

interface ChoiceFieldProps extends FieldProps {
  readonly choices: readonly { readonly value: Json; readonly label: string }[]
  /** Shown while nothing is set; choosing it takes the field away */
  readonly absent?: string
}

/** Choices that are too many to look through. */
const SEARCHED_FROM = 15
const ABSENT = '$absent'

/** One of a few values. */
export function ChoiceField({ path, schema, choices, absent, label, onRemove }: ChoiceFieldProps) {
  const field = useField(path)
  const name = label ?? labelOf(String(path.at(-1)))
  const data = choices.map((choice) => ({ value: showValue(choice.value), label: choice.label }))
  const now = field.value === undefined ? ABSENT : showValue(field.value)
  const isKnown = field.value === undefined || data.some((one) => one.value === now)
  return (
    <FieldRow
      label={name}
      help={helpOf(schema)}
      isShort
      problems={field.problems}
      onRemove={field.isLocked ? undefined : onRemove}
    >
      {(ids) => (
        <Select
          limit={MAX_LISTED}
          id={ids.control}
          aria-describedby={ids.described}
          disabled={field.isLocked}
          searchable={data.length > SEARCHED_FROM}
          allowDeselect={false}
          error={field.problems.some((one) => one.severity === 'error')}
          value={now}
          data={[
            ...(absent === undefined && field.value !== undefined
              ? []
              : [{ value: ABSENT, label: absent ?? 'Choose' }]),
            ...data,
            // What is written and is none of the choices is kept and shown.
            ...(isKnown ? [] : [{ value: now, label: now }]),
          ]}
          onChange={(text) => {
            const choice = choices.find((one) => showValue(one.value) === text)
            if (choice !== undefined) field.set(choice.value)
            else if (text === ABSENT) field.set(undefined)
          }}
        />
      )}
    </FieldRow>
  )
}
