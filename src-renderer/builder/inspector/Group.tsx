import type { ReactNode } from 'react'
import type { z } from 'zod'
import type { Path } from '../../../src-shared/definition/index.ts'
import { FieldRow } from './fields/FieldRow.tsx'
import classes from './fields/fields.module.css'
import { useField } from './fields/use-field.ts'
import { problemsBeside } from './problems-at.ts'
import { helpOf, labelOf } from './schema-text.ts'

interface GroupProps {
  readonly path: Path
  readonly schema: z.ZodType
  /** Fields that stand inside, and say themselves what is wrong with them */
  readonly known: readonly string[]
  readonly label?: string
  readonly aside?: ReactNode
  readonly onRemove?: () => void
  readonly children?: ReactNode
}

/** A field that holds fields. */
export function Group({ path, schema, known, label, aside, onRemove, children }: GroupProps) {
  const field = useField(path)
  return (
    <FieldRow
      label={label ?? labelOf(String(path.at(-1)))}
      help={helpOf(schema)}
      problems={problemsBeside(field.problems, path, known)}
      aside={aside}
      onRemove={field.isLocked ? undefined : onRemove}
    >
      {() => (children === undefined ? null : <div className={classes.group}>{children}</div>)}
    </FieldRow>
  )
}
