import { Checkbox } from '@mantine/core'
import { allOrNone } from './selection.ts'
import classes from './table.module.css'

interface SelectAllProps {
  readonly keys: readonly string[]
  readonly selected: ReadonlySet<string>
  readonly onSelect: (selected: ReadonlySet<string>) => void
}

export function SelectAll({ keys, selected, onSelect }: SelectAllProps) {
  const isAll = keys.length > 0 && selected.size === keys.length
  return (
    <div role="columnheader" className={classes.tick} data-head aria-label="Choose">
      <Checkbox
        size="xs"
        checked={isAll}
        indeterminate={selected.size > 0 && !isAll}
        aria-label={isAll ? 'Choose none' : 'Choose all that are loaded'}
        onChange={() => onSelect(allOrNone(selected, keys))}
      />
    </div>
  )
}
