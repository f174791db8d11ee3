import { useState } from 'react'
import type { z } from 'zod'
import { EnvName, type Json } from '../../../../src-shared/contract/index.ts'
import { type Path, renameKey } from '../../../../src-shared/definition/index.ts'
import { complaintOf } from '../../../api/index.ts'
import { useDocumentStore } from '../../document-context.tsx'
import { problemsIn } from '../problems-at.ts'
import type { ExpressionPlace } from '../readable.ts'
import { helpOf } from '../schema-text.ts'
import { freeName, mapOf } from '../values.ts'
import { AddButton } from './AddButton.tsx'
import { FieldRow } from './FieldRow.tsx'
import classes from './fields.module.css'
import { TableEntry } from './TableEntry.tsx'
import { useField } from './use-field.ts'

interface VariableTableProps {
  readonly path: Path
  readonly schema: z.ZodType
  readonly label: string
  readonly place: ExpressionPlace
  readonly onRemove?: () => void
}

/** Environment variables: names and values. */
export function VariableTable({ path, schema, label, place, onRemove }: VariableTableProps) {
  const field = useField(path)
  const store = useDocumentStore()
  const [fresh, setFresh] = useState<string | null>(null)
  const entries = Object.entries(mapOf(field.value))
  const { actions } = store.getState()
  const add = (): void => {
    const name = freeName('NAME', Object.keys(mapOf(field.value)))
    setFresh(name)
    actions.edit(`Add variable ${name}`, [{ path: [...path, name], value: '' }])
  }
  const rename = (from: string, to: string): string | null => {
    try {
      actions.replace(`Rename ${from} to ${to}`, renameKey(store.getState().source, [...path, from], to))
      setFresh(null)
      return null
    } catch (error) {
      return complaintOf(error).detail
    }
  }
  const beside = field.problems.filter(
    (one) => !entries.some(([name]) => problemsIn([one], [...path, name]).length > 0),
  )
  return (
    <FieldRow label={label} help={helpOf(schema)} problems={beside} onRemove={field.isLocked ? undefined : onRemove}>
      {() => (
        <div className={classes.entries}>
          {entries.map(([name]) => (
            <TableEntry
              key={name}
              path={[...path, name]}
              noun="variable"
              nameSchema={EnvName}
              place={place}
              read={readVariable}
              isFresh={fresh === name}
              onRename={(to) => rename(name, to)}
            />
          ))}
          {!field.isLocked && <AddButton label="Add a variable" onClick={add} />}
        </div>
      )}
    </FieldRow>
  )
}

/** Variables are texts: a number that was written as one stays one, what is typed is a text. */
const readVariable = (typed: string): Json => typed
