import { useCallback, useState } from 'react'
import type { Json } from '../../../src-shared/contract/index.ts'
import classes from './fields.module.css'
import { ParamField } from './ParamField.tsx'
import type { FieldValues, Params } from './param-values.ts'

interface ParamFieldsProps {
  readonly params: Params
  readonly values: FieldValues
  readonly onChange: (values: FieldValues) => void
  /** What the engine said about fields, by their names; a caller forgets it when that field changes */
  readonly problems?: Readonly<Record<string, string>>
  /** Somebody tried to send the form: say what is missing, too */
  readonly isTried?: boolean
  /** True while a file travels */
  readonly onBusy?: (isBusy: boolean) => void
}

/**
 * The parameters of a workflow, or the form of an approval, as fields. `readParams` turns what stands in them into what
 * the engine takes, and says what is wrong.
 */
export function ParamFields({ params, values, onChange, problems = {}, isTried = false, onBusy }: ParamFieldsProps) {
  const [, setBusy] = useState<ReadonlySet<string>>(new Set())
  const setBusyField = useCallback(
    (name: string, isBusy: boolean) =>
      setBusy((before) => {
        const after = new Set(before)
        if (isBusy) after.add(name)
        else after.delete(name)
        // After this render: a parent must not be changed while its child renders.
        queueMicrotask(() => onBusy?.(after.size > 0))
        return after
      }),
    [onBusy],
  )
  const change = (name: string, value: Json | undefined): void => {
    const { [name]: _before, ...others } = values
    onChange(value === undefined ? others : { ...others, [name]: value })
  }
  return (
    <div className={classes.fields}>
      {Object.entries(params).map(([name, param]) => (
        <ParamField
          key={name}
          name={name}
          param={param}
          given={values[name]}
          onChange={(value) => change(name, value)}
          problem={problems[name]}
          isTried={isTried}
          onBusy={(isBusy) => setBusyField(name, isBusy)}
        />
      ))}
    </div>
  )
}
