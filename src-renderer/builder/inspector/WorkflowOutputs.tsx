import { useState } from 'react'
import { Definition, Identifier } from '../../../src-shared/contract/index.ts'
import { renameKey } from '../../../src-shared/definition/index.ts'
import { complaintOf } from '../../api/index.ts'
import { useDocumentStore } from '../document-context.tsx'
import { useChildren } from './children.ts'
import { AddButton } from './fields/AddButton.tsx'
import classes from './fields/fields.module.css'
import { Problems } from './fields/Problems.tsx'
import { TableEntry } from './fields/TableEntry.tsx'
import { useField } from './fields/use-field.ts'
import { ValuePicker } from './fields/ValuePicker.tsx'
import { problemsIn } from './problems-at.ts'
import { readableAt } from './readable.ts'
import { helpOf } from './schema-text.ts'
import { freeName, mapOf } from './values.ts'

const PLACE = { step: null, field: 'outputs' } as const

/** The result of the run. Nothing in the workflow reads it, so a new name changes only the key. */
export function WorkflowOutputs() {
  const field = useField(['outputs'])
  const store = useDocumentStore()
  const { outputs } = useChildren()
  const [fresh, setFresh] = useState<string | null>(null)
  const names = Object.keys(mapOf(field.value))
  const { actions } = store.getState()
  const add = (wanted: string, value: string): void => {
    const name = freeName(wanted, names)
    setFresh(name)
    actions.edit(`Add output ${name}`, [{ path: ['outputs', name], value }])
  }
  const rename = (from: string, to: string): string | null => {
    try {
      actions.replace(`Rename ${from} to ${to}`, renameKey(store.getState().source, ['outputs', from], to))
      return null
    } catch (error) {
      return complaintOf(error).detail
    }
  }
  const beside = field.problems.filter((one) => !names.some((name) => problemsIn([one], ['outputs', name]).length > 0))
  return (
    <div className={classes.entries}>
      {names.length === 0 && <p className={classes.text}>{helpOf(Definition.shape.outputs)}</p>}
      {names.map((name) => (
        <TableEntry
          key={name}
          path={['outputs', name]}
          noun="output"
          nameSchema={Identifier}
          place={PLACE}
          isFresh={fresh === name}
          onRename={(to) => rename(name, to)}
        />
      ))}
      <Problems problems={beside} />
      {!field.isLocked && (
        <ValuePicker
          label="Add an output"
          readable={() => readableAt(store.getState().definition, PLACE, outputs)}
          first={{ label: 'A value that is typed', onPick: () => add('result', '') }}
          onPick={({ text }) => add(text.split('.').at(-1) ?? 'result', `\${{ ${text} }}`)}
          target={(toggle) => <AddButton label="Add an output" onClick={toggle} />}
        />
      )}
    </div>
  )
}
