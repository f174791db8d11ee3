import { useState } from 'react'
import { Identifier, Step } from '../../../src-shared/contract/index.ts'
import { useDocumentStore } from '../document-context.tsx'
import { useChildren } from './children.ts'
import { AddButton } from './fields/AddButton.tsx'
import { FieldRow } from './fields/FieldRow.tsx'
import classes from './fields/fields.module.css'
import { TableEntry } from './fields/TableEntry.tsx'
import { useField } from './fields/use-field.ts'
import { ValuePicker } from './fields/ValuePicker.tsx'
import { problemsIn } from './problems-at.ts'
import { nameFor, readableAt } from './readable.ts'
import { helpOf } from './schema-text.ts'
import { useRenameField } from './use-rename-field.ts'
import { freeName, mapOf } from './values.ts'

/** The inputs of a step: names and values, most of them results of other steps. */
export function StepInputs({ step }: { readonly step: string }) {
  const path = ['steps', step, 'inputs']
  const field = useField(path)
  const store = useDocumentStore()
  const children = useChildren()
  const [fresh, setFresh] = useState<string | null>(null)
  const rename = useRenameField({ what: 'input', step })
  const names = Object.keys(mapOf(field.value))
  const place = { step, field: 'inputs' }
  const add = (wanted: string, value: string): void => {
    const name = freeName(wanted, names)
    setFresh(name)
    store.getState().actions.edit(`Add input ${name} to ${step}`, [{ path: [...path, name], value }])
  }
  const beside = field.problems.filter((one) => !names.some((name) => problemsIn([one], [...path, name]).length > 0))
  return (
    <FieldRow label="Inputs" help={helpOf(Step.shape.inputs)} problems={beside}>
      {() => (
        <div className={classes.entries}>
          {names.map((name) => (
            <TableEntry
              key={name}
              path={[...path, name]}
              noun="input"
              nameSchema={Identifier}
              place={place}
              isFresh={fresh === name}
              onRename={(to) => rename(name, to)}
            />
          ))}
          {!field.isLocked && (
            <ValuePicker
              label="Add an input"
              readable={() => readableAt(store.getState().definition, place, children.outputs)}
              first={{ label: 'A value that is typed', onPick: () => add('input', '') }}
              onPick={({ text }) => add(nameFor(text), `\${{ ${text} }}`)}
              target={(toggle) => <AddButton label="Add an input" onClick={toggle} />}
            />
          )}
        </div>
      )}
    </FieldRow>
  )
}
