import type { ReactNode } from 'react'
import type { z } from 'zod'
import type { Json } from '../../../../src-shared/contract/index.ts'
import type { Path } from '../../../../src-shared/definition/index.ts'
import type { ExpressionPlace } from '../readable.ts'
import { readValue, showValue } from '../values.ts'
import { RemoveButton } from './FieldRow.tsx'
import classes from './fields.module.css'
import { NameField } from './NameField.tsx'
import { Problems } from './Problems.tsx'
import { useField } from './use-field.ts'
import { useTyped } from './use-typed.ts'
import { ValueEditor } from './ValueEditor.tsx'

interface TableEntryProps {
  readonly path: Path
  /** What the entry is: "input", "variable" */
  readonly noun: string
  readonly nameSchema: z.ZodType
  readonly place: ExpressionPlace
  readonly onRename: (to: string) => Promise<string | null> | string | null
  /** Just added: its name takes the focus */
  readonly isFresh: boolean
  readonly read?: (typed: string) => Json
  /** Instead of the field for the name, e.g. for the parameters of a child */
  readonly heading?: ReactNode
  readonly placeholder?: string
}

/** One named value of a table. */
export function TableEntry(props: TableEntryProps) {
  const { path, noun, place, read = readValue, heading } = props
  const field = useField(path)
  const name = String(path.at(-1))
  const show = (value: Json | undefined): string =>
    props.read !== undefined && typeof value === 'string' ? value : showValue(value)
  const [typed, type] = useTyped(field.value, show, read, field.set)
  const label = `${noun.charAt(0).toUpperCase()}${noun.slice(1)} ${name}`
  return (
    <div className={classes.entry}>
      <div className={classes.entryLine}>
        {heading ?? (
          <NameField
            label={`Name of ${noun} ${name}`}
            name={name}
            schema={props.nameSchema}
            onRename={props.onRename}
            isLocked={field.isLocked}
            autoFocus={props.isFresh}
            isQuiet
          />
        )}
        {field.value !== undefined && !field.isLocked && (
          <RemoveButton label={label} onRemove={() => field.set(undefined)} />
        )}
      </div>
      <ValueEditor
        label={label}
        value={typed}
        onChange={type}
        place={place}
        path={path}
        isSingleLine={!typed.includes('\n')}
        isReadOnly={field.isLocked}
        {...(props.placeholder === undefined ? {} : { placeholder: props.placeholder })}
      />
      <Problems problems={field.problems} />
    </div>
  )
}
