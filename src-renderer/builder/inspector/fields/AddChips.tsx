import { Tooltip } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import type { z } from 'zod'
import { fieldOf, helpOf, labelOf } from '../schema-text.ts'
import classes from './fields.module.css'

interface AddChipsProps {
  readonly schema: z.ZodType
  /** Names of the fields that can be added */
  readonly keys: readonly string[]
  readonly onAdd: (key: string) => void
  readonly labels?: Readonly<Record<string, string>>
}

/** What could be set here as well, without taking the room of fields that are empty. */
export function AddChips({ schema, keys, onAdd, labels = {} }: AddChipsProps) {
  if (keys.length === 0) return null
  return (
    <div className={classes.chips}>
      {keys.map((key) => {
        const field = fieldOf(schema, key)
        const label = labels[key] ?? labelOf(key)
        return (
          <Tooltip key={key} label={field === undefined ? '' : helpOf(field)} multiline maw={280} disabled={!field}>
            <button
              type="button"
              className={classes.chip}
              aria-label={`Add ${label.toLowerCase()}`}
              onClick={() => onAdd(key)}
            >
              <IconPlus size={12} aria-hidden />
              {label}
            </button>
          </Tooltip>
        )
      })}
    </div>
  )
}
