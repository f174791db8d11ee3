import { Input } from '@mantine/core'
import { useId } from 'react'
import type { Json, Param } from '../../../src-shared/contract/index.ts'
import { schemaText } from '../../../src-shared/targets/words.ts'
import { FileField } from './FileField.tsx'
import classes from './fields.module.css'
import { ParamControl } from './ParamControl.tsx'
import { limitsInWords, readParam } from './param-check.ts'
import { defaultOf, type FieldValues, isRequired, type Params, shortText } from './param-values.ts'
import { choicesOf, isLine } from './schema-check.ts'
import { fieldsOf, fieldValues, itemOf } from './shape.ts'

interface ParamFieldProps {
  readonly name: string
  readonly param: Param
  readonly given: Json | undefined
  readonly onChange: (value: Json | undefined) => void
  readonly problem: string | undefined
  readonly isTried: boolean
  readonly onBusy: (isBusy: boolean) => void
}

/** One field with its name, what it is for, its limits, and what is wrong with it; an object has a field for each part. */
export function ParamField({ name, param, given, onChange, problem, isTried, onBusy }: ParamFieldProps) {
  const id = useId()
  const fields = fieldValues(given) === null ? null : fieldsOf(param)
  // What is wrong within is said there.
  const own = fields === null ? ownProblem(param, given, isTried || given !== undefined) : null
  const wrong = problem ?? own
  // One thing at a time: what is wrong names the limit.
  const hint = wrong === null && fields === null ? hintOf(param, given) : null
  const labelId = `${id}-label`
  const describedBy = `${id}-about`
  const about = typeInWords(param, fields !== null)
  const isFiles = param.type === 'file' || param.type === 'directory'
  return (
    <div className={classes.field} data-param={name} data-wrong={wrong !== null || undefined}>
      <div className={classes.head}>
        <Input.Label
          id={labelId}
          {...(isFiles || fields !== null ? { labelElement: 'div' } : { htmlFor: id })}
          required={needsValue(param)}
        >
          {name}
        </Input.Label>
        {about !== '' && <span className={classes.type}>{about}</span>}
      </div>
      {fields !== null && param.description !== undefined && <p className={classes.about}>{param.description}</p>}
      {fields !== null ? (
        <ObjectField {...{ param, fields, given, onChange, isTried, onBusy, labelId, describedBy }} />
      ) : isFiles ? (
        <FileField {...{ name, param, onChange, onBusy, labelId, describedBy }} value={given} />
      ) : (
        <ParamControl {...{ id, name, param, given, onChange, describedBy }} isWrong={wrong !== null} />
      )}
      <div id={describedBy} className={classes.about}>
        {wrong !== null && <p className={classes.fault}>{wrong}</p>}
        {fields === null && param.description !== undefined && <p>{param.description}</p>}
        {hint !== null && <p className={classes.hint}>{hint}</p>}
      </div>
    </div>
  )
}

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
function ObjectField(props: ObjectFieldProps) {
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

const needsValue = (param: Param): boolean => isRequired(param) && param.default === undefined

/** What is missing is said only when somebody has emptied the field or tried to go on; what is wrong, at once. */
function ownProblem(param: Param, given: Json | undefined, sayMissing: boolean): string | null {
  const reading = readParam(param, given)
  if (!('problem' in reading)) return null
  return reading.isMissing === true && !sayMissing ? null : reading.problem
}

const isNumber = ({ type }: Param): boolean => type === 'integer' || type === 'number'

/** Limits, and the default once something else stands there. */
function hintOf(param: Param, given: Json | undefined): string | null {
  const limits = isNumber(param) ? null : limitsInWords(param)
  const standard = defaultOf(param)
  const isChanged = standard !== undefined && standard !== null && given !== undefined
  const usual = isChanged ? `default ${shortText(standard)}` : null
  const parts = [limits, usual].filter((part) => part !== null)
  return parts.length === 0 ? null : parts.join(' · ')
}

/** What the control does not say by its looks; limits of numbers are short enough to stand there, too. */
const TYPES: Partial<Record<Param['type'], string>> = {
  integer: 'whole number',
  number: 'number',
  array: 'list, as JSON',
  object: 'object, as JSON',
  secret: 'not kept with the run',
}

function jsonInWords({ schema }: Param): string | undefined {
  if (schema === undefined) return 'any value, as JSON'
  if (choicesOf(schema) !== null) return undefined
  const text = schemaText(schema)
  return isLine(schema) ? text : `${text}, as JSON`
}

const ENTRIES: Partial<Record<Param['type'], string>> = {
  integer: 'whole numbers',
  number: 'numbers',
  string: 'texts',
}

function typeInWords(param: Param, hasFields: boolean): string {
  const item = itemOf(param)
  const type = hasFields
    ? undefined
    : item !== null
      ? `list of ${ENTRIES[item.type] ?? 'values'}`
      : param.enum !== undefined
        ? undefined
        : param.type === 'json'
          ? jsonInWords(param)
          : TYPES[param.type]
  const limits = isNumber(param) ? limitsInWords(param) : null
  const isOptional = !needsValue(param) && defaultOf(param) === undefined
  return [type, limits, isOptional ? 'optional' : null].filter((part) => part != null).join(', ')
}
