import { Select } from '@mantine/core'
import { type Param, Step, workflowRoutes } from '../../../src-shared/contract/index.ts'
import { PROJECT, useAsk } from '../../api/index.ts'
import { useDocument } from '../document-context.tsx'
import { useChildren } from './children.ts'
import { FieldRow } from './fields/FieldRow.tsx'
import classes from './fields/fields.module.css'
import { MAX_LISTED } from './fields/limits.ts'
import { TableEntry } from './fields/TableEntry.tsx'
import { useField, useValue } from './fields/use-field.ts'
import { helpOf } from './schema-text.ts'
import { mapOf, showValue, textOf } from './values.ts'

/** Workflows that the list offers; the search finds others. */
const LISTED = 200

/** The workflow that a step runs as a child. */
export function ChildField({ step }: { readonly step: string }) {
  const field = useField(['steps', step, 'workflow'])
  const own = useDocument((state) => textOf(mapOf(state.definition)['name']))
  const list = useAsk(workflowRoutes.list, { params: { project: PROJECT }, query: { limit: LISTED } })
  const { missing } = useChildren()
  const name = textOf(field.value)
  const known = (list.data?.items ?? []).map((one) => one.name)
  const problems =
    missing.has(name) && field.problems.length === 0
      ? [
          {
            severity: 'warning' as const,
            message: `No workflow ${name} is there yet.`,
            fix: 'Publish it before this one runs.',
          },
        ]
      : field.problems
  return (
    <FieldRow label="Workflow" help={helpOf(Step.shape.workflow)} problems={problems}>
      {(ids) => (
        <Select
          limit={MAX_LISTED}
          id={ids.control}
          aria-describedby={ids.described}
          disabled={field.isLocked}
          error={problems.some((one) => one.severity === 'error')}
          searchable
          placeholder={list.isPending ? 'Lists the workflows' : 'Choose a workflow'}
          nothingFoundMessage={list.isError ? 'The workflows could not be listed.' : 'There is no such workflow yet.'}
          value={name === '' ? null : name}
          data={[...new Set([...known.filter((one) => one !== own), ...(name === '' ? [] : [name])])].toSorted()}
          allowDeselect={false}
          onChange={(next) => next !== null && field.set(next)}
        />
      )}
    </FieldRow>
  )
}

/** The parameters of the child, each as an input of this step. */
export function ChildInputs({ step }: { readonly step: string }) {
  const name = textOf(useValue(['steps', step, 'workflow']))
  const params = useChildren().params.get(name)
  const inputs = mapOf(useValue(['steps', step, 'inputs']))
  if (params === undefined) return null
  const entries = Object.entries(params)
  const others = Object.keys(inputs).filter((input) => !(input in params))
  return (
    <FieldRow label={`Parameters of ${name}`} help={helpOf(Step.shape.inputs)}>
      {() => (
        <div className={classes.entries}>
          {entries.length === 0 && <p className={classes.text}>It has no parameters.</p>}
          {entries.map(([param, spec]) => (
            <ChildInput key={param} step={step} name={param} param={spec} />
          ))}
          {others.map((input) => (
            <ChildInput key={input} step={step} name={input} param={null} />
          ))}
        </div>
      )}
    </FieldRow>
  )
}

interface ChildInputProps {
  readonly step: string
  readonly name: string
  readonly param: Param | null
}

function ChildInput({ step, name, param }: ChildInputProps) {
  return (
    <TableEntry
      path={['steps', step, 'inputs', name]}
      noun="input"
      nameSchema={Step}
      place={{ step, field: 'inputs' }}
      isFresh={false}
      onRename={() => null}
      placeholder={param === null ? '' : placeholderOf(param)}
      heading={
        <div className={classes.childName} title={param?.description ?? ''}>
          <span className="mono truncate">{name}</span>
          <span className={classes.optionType}>
            {param === null ? 'unknown to it' : `${param.type}${isRequired(param) ? ', required' : ''}`}
          </span>
        </div>
      }
    />
  )
}

const isRequired = (param: Param): boolean => param.required ?? param.default === undefined

const placeholderOf = (param: Param): string =>
  param.default === undefined ? (param.description ?? '') : `${showValue(param.default)} when empty`
