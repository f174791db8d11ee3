import type { Json, Param } from '../../../src-shared/contract/index.ts'
import classes from './fields.module.css'
import { ParamField } from './ParamField.tsx'
import { defaultOf, type FieldValues, isRequired, type Params } from './param-values.ts'
import { fieldValues } from './shape.ts'

interface ObjectFieldProps {
  readonly param: Param
  readonly fields: Params
  readonly given: Json | undefined
  readonly onChange: (value: Json | undefined) => void
  readonly isTried: boolean
  readonly onBusy: (isBusy: boolean) => void
  readonly labelId: string
  readonly describedBy: string
}

/** An object as fields for its parts, within a frame. */
export function ObjectField(props: ObjectFieldProps) {
  const { param, fields, given, onChange, isTried, onBusy, labelId, describedBy } = props
  const values: FieldValues = fieldValues(given ?? defaultOf(param)) ?? {}
  const change = (name: string, value: Json | undefined): void => {
    const { [name]: _before, ...others } = values
    const next = value === undefined ? others : { ...others, [name]: value }
    const isEmptied = Object.keys(next).length === 0 && !isRequired(param)
    onChange(isEmptied ? undefined : next)
  }
  // What must be filled in within something that may be left out is not missing until somebody begins with it.
  const isAsked = isTried && (isRequired(param) || given !== undefined)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a legend cannot stand in a row with the type
    <div role="group" aria-labelledby={labelId} aria-describedby={describedBy} className={classes.object}>
      {Object.entries(fields).map(([name, field]) => (
        <ParamField
          key={name}
          name={name}
          param={field}
          given={values[name]}
          onChange={(value) => change(name, value)}
          problem={undefined}
          isTried={isAsked}
          onBusy={onBusy}
        />
      ))}
    </div>
  )
}
