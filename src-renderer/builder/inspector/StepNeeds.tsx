import { MultiSelect } from '@mantine/core'
import type { ReactNode } from 'react'
import { Step } from '../../../src-shared/contract/index.ts'
import { useDocument } from '../document-context.tsx'
import { FieldRow } from './fields/FieldRow.tsx'
import classes from './fields/fields.module.css'
import { MAX_LISTED } from './fields/limits.ts'
import { useField } from './fields/use-field.ts'
import { dependentsOf, readBy } from './readable.ts'
import { helpOf } from './schema-text.ts'
import { mapOf } from './values.ts'

/** Steps that are waited for although nothing of them is read; those that are read are named below. */
export function StepNeeds({ step }: { readonly step: string }) {
  const field = useField(['steps', step, 'needs'])
  const steps = mapOf(useDocument((state) => mapOf(state.definition)['steps']))
  const chosen = [field.value].flat().filter((one): one is string => typeof one === 'string')
  const later = dependentsOf(steps, step)
  const read = [...readBy(mapOf(steps[step]))].filter((name) => name in steps && name !== step)
  const known = Object.keys(steps).filter((name) => name !== step && !later.has(name) && !read.includes(name))
  if (known.length === 0 && chosen.length === 0 && read.length === 0) return null
  return (
    <FieldRow label="Waits for" help={helpOf(Step.shape.needs)} problems={field.problems}>
      {(ids) => (
        <div className={classes.entries}>
          {read.length > 0 && <Reads names={read} />}
          {(known.length > 0 || chosen.length > 0) && (
            <MultiSelect
              limit={MAX_LISTED}
              id={ids.control}
              aria-describedby={ids.described}
              disabled={field.isLocked}
              error={field.problems.some((one) => one.severity === 'error')}
              searchable
              hidePickedOptions
              placeholder={chosen.length === 0 ? 'Also wait for a step' : ''}
              // What is written is shown, also when no step has that name.
              data={[...new Set([...known, ...chosen])]}
              value={chosen}
              onChange={(names) => {
                const [only] = names
                if (names.length === 0) field.set(undefined)
                else field.set(names.length === 1 && only !== undefined && !Array.isArray(field.value) ? only : names)
              }}
            />
          )}
        </div>
      )}
    </FieldRow>
  )
}

function Reads({ names }: { readonly names: readonly string[] }): ReactNode {
  return (
    <p className={classes.text}>
      Reads{' '}
      {names.map((name, i) => (
        <span key={name}>
          {i === 0 ? '' : i === names.length - 1 ? ' and ' : ', '}
          <span className="mono">{name}</span>
        </span>
      ))}
      , so it waits for {names.length === 1 ? 'it' : 'them'} anyway.
    </p>
  )
}
