import { Switch } from '@mantine/core'
import { helpOf, labelOf } from '../schema-text.ts'
import { FieldRow } from './FieldRow.tsx'
import { type FieldProps, useField } from './use-field.ts'

interface SwitchFieldProps extends FieldProps {
  /** What holds while nothing is written */
  readonly absent: boolean
}

/** On or off; what holds anyway is not written. */
export function SwitchField({ path, schema, label, absent, onRemove }: SwitchFieldProps) {
  const field = useField(path)
  const name = label ?? labelOf(String(path.at(-1)))
  const isOn = typeof field.value === 'boolean' ? field.value : absent
  return (
    <FieldRow label={name} help={helpOf(schema)} isShort problems={field.problems} onRemove={onRemove}>
      {(ids) => (
        <Switch
          id={ids.control}
          checked={isOn}
          disabled={field.isLocked}
          onChange={(event) => {
            const next = event.currentTarget.checked
            field.set(next === absent ? undefined : next)
          }}
        />
      )}
    </FieldRow>
  )
}
