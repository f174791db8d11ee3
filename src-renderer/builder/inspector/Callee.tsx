/** What steps have in common that call something with parameters of its own: a workflow, or a target of a module. */
import { Select } from '@mantine/core'
import { type DefinitionProblem, Step } from '../../../src-shared/contract/index.ts'
import { FieldRow } from './fields/FieldRow.tsx'
import classes from './fields/fields.module.css'
import { MAX_LISTED } from './fields/limits.ts'
import { TableEntry } from './fields/TableEntry.tsx'
import { type Field, useValue } from './fields/use-field.ts'
import { helpOf } from './schema-text.ts'
import { mapOf, textOf } from './values.ts'

interface CalleeFieldProps {
  /** The field of the step that names it */
  readonly name: 'workflow' | 'target'
  readonly label: string
  readonly field: Field
  /** Of the field, and of what it names */
  readonly problems: readonly Pick<DefinitionProblem, 'severity' | 'message' | 'fix'>[]
  readonly known: readonly string[]
  readonly placeholder: string
  /** When nothing is found */
  readonly nothing: string
}

/** Its name, chosen from those that are there. */
export function CalleeField({ name, label, field, problems, known, placeholder, nothing }: CalleeFieldProps) {
  const value = textOf(field.value)
  return (
    <FieldRow label={label} help={helpOf(Step.shape[name])} problems={problems}>
      {(ids) => (
        <Select
          limit={MAX_LISTED}
          id={ids.control}
          aria-describedby={ids.described}
          disabled={field.isLocked}
          error={problems.some((one) => one.severity === 'error')}
          searchable
          placeholder={placeholder}
          nothingFoundMessage={nothing}
          value={value === '' ? null : value}
          data={[...new Set([...known, ...(value === '' ? [] : [value])])].toSorted()}
          allowDeselect={false}
          onChange={(next) => next !== null && field.set(next)}
        />
      )}
    </FieldRow>
  )
}

/** A parameter, in words. */
export interface CalleeInput {
  readonly name: string
  readonly about: string
  readonly type: string
  readonly isRequired: boolean
  /** What an empty field shows */
  readonly placeholder: string
}

interface CalleeInputsProps {
  readonly step: string
  readonly callee: string
  readonly known: readonly CalleeInput[]
  /** When it has none */
  readonly nothing: string
}

/** Its parameters, each as an input of this step; and the inputs that it does not know. */
export function CalleeInputs({ step, callee, known, nothing }: CalleeInputsProps) {
  const inputs = mapOf(useValue(['steps', step, 'inputs']))
  const others = Object.keys(inputs).filter((input) => known.every(({ name }) => name !== input))
  return (
    <FieldRow label={`Parameters of ${callee}`} help={helpOf(Step.shape.inputs)}>
      {() => (
        <div className={classes.entries}>
          {known.length === 0 && <p className={classes.text}>{nothing}</p>}
          {known.map((input) => (
            <Entry key={input.name} step={step} name={input.name} input={input} />
          ))}
          {others.map((name) => (
            <Entry key={name} step={step} name={name} input={null} />
          ))}
        </div>
      )}
    </FieldRow>
  )
}

interface EntryProps {
  readonly step: string
  readonly name: string
  readonly input: CalleeInput | null
}

function Entry({ step, name, input }: EntryProps) {
  return (
    <TableEntry
      path={['steps', step, 'inputs', name]}
      noun="input"
      nameSchema={Step}
      place={{ step, field: 'inputs' }}
      isFresh={false}
      onRename={() => null}
      placeholder={input?.placeholder ?? ''}
      heading={
        <div className={classes.childName} title={input?.about ?? ''}>
          <span className="mono truncate">{name}</span>
          <span className={classes.optionType}>
            {input === null ? 'unknown to it' : `${input.type}${input.isRequired ? ', required' : ''}`}
          </span>
        </div>
      }
    />
  )
}
