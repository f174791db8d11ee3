import { Select } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { ProblemError, Step } from '../../../src-shared/contract/index.ts'
import { defaultText, firstParagraph, schemaText } from '../../../src-shared/targets/words.ts'
import { FieldRow } from './fields/FieldRow.tsx'
import classes from './fields/fields.module.css'
import { MAX_LISTED } from './fields/limits.ts'
import { TableEntry } from './fields/TableEntry.tsx'
import { useField, useValue } from './fields/use-field.ts'
import { helpOf } from './schema-text.ts'
import { type TargetInput, useStepTarget, useTargetList } from './targets.ts'
import { mapOf, textOf } from './values.ts'

/** The target of a module that a step calls. */
export function TargetField({ step }: { readonly step: string }) {
  const field = useField(['steps', step, 'target'])
  const list = useTargetList()
  const name = textOf(field.value)
  const { target, error } = useStepTarget(name)
  const known = (list.data?.items ?? []).map(({ path }) => path)
  const isMissing = error instanceof ProblemError && field.problems.length === 0
  const problems = isMissing
    ? [
        {
          severity: 'warning' as const,
          message: error.message,
          fix: error.context.fix ?? 'Start a worker that hosts it.',
        },
      ]
    : field.problems
  return (
    <>
      <FieldRow label="Target" help={helpOf(Step.shape.target)} problems={problems}>
        {(ids) => (
          <Select
            limit={MAX_LISTED}
            id={ids.control}
            aria-describedby={ids.described}
            disabled={field.isLocked}
            error={problems.some((one) => one.severity === 'error')}
            searchable
            placeholder={list.isPending ? 'Lists the targets' : 'Choose a target'}
            nothingFoundMessage={
              list.isError ? 'The targets could not be listed.' : 'No worker has registered such a target.'
            }
            value={name === '' ? null : name}
            data={[...new Set([...known, ...(name === '' ? [] : [name])])].toSorted()}
            allowDeselect={false}
            onChange={(next) => next !== null && field.set(next)}
          />
        )}
      </FieldRow>
      {target !== undefined && (
        <p className={classes.text}>
          {target.description === undefined ? '' : `${firstParagraph(target.description)} `}
          <Link to="/targets" search={{ target: target.path }} className={classes.link}>
            All about it
          </Link>
        </p>
      )}
    </>
  )
}

interface TargetInputsProps {
  readonly step: string
  readonly target: string
  readonly known: readonly TargetInput[]
}

/** The parameters of the target, each as an input of this step. */
export function TargetInputs({ step, target, known }: TargetInputsProps) {
  const inputs = mapOf(useValue(['steps', step, 'inputs']))
  const others = Object.keys(inputs).filter((input) => known.every(({ name }) => name !== input))
  return (
    <FieldRow label={`Parameters of ${target}`} help={helpOf(Step.shape.inputs)}>
      {() => (
        <div className={classes.entries}>
          {known.length === 0 && <p className={classes.text}>It takes none.</p>}
          {known.map((input) => (
            <Input key={input.name} step={step} name={input.name} input={input} />
          ))}
          {others.map((name) => (
            <Input key={name} step={step} name={name} input={null} />
          ))}
        </div>
      )}
    </FieldRow>
  )
}

interface InputProps {
  readonly step: string
  readonly name: string
  readonly input: TargetInput | null
}

function Input({ step, name, input }: InputProps) {
  const usual = input === null ? null : defaultText(input.parameter)
  const about = input?.parameter.description ?? ''
  return (
    <TableEntry
      path={['steps', step, 'inputs', name]}
      noun="input"
      nameSchema={Step}
      place={{ step, field: 'inputs' }}
      isFresh={false}
      onRename={() => null}
      placeholder={usual === null ? about : `${usual} when empty`}
      heading={
        <div className={classes.childName} title={about}>
          <span className="mono truncate">{name}</span>
          <span className={classes.optionType}>
            {input === null
              ? 'unknown to it'
              : `${schemaText(input.parameter.schema)}${input.parameter.required ? ', required' : ''}`}
          </span>
        </div>
      }
    />
  )
}
