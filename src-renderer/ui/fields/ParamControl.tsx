import { PasswordInput, Select, Switch, Textarea, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { Json, Param } from '../../../src-shared/contract/index.ts'
import { canonicalJson } from '../../../src-shared/definition/canonical.ts'
import type { ControlProps } from './control-props.ts'
import classes from './fields.module.css'
import { ListField } from './ListField.tsx'
import { defaultOf, isLongText, isRequired, shortText, shownValue, textOf } from './param-values.ts'
import { choicesOf, exampleOf, isLine } from './schema-check.ts'
import { itemOf, listValues } from './shape.ts'

/** The control that fits a parameter; files have one of their own. */
export function ParamControl(props: ControlProps) {
  const { param } = props
  const choices = param.enum ?? (param.type === 'json' ? choicesOf(param.schema) : null)
  if (choices !== null) return <Choice {...props} options={choices.map((value) => [value, labelOf(value)])} />
  if (param.type === 'json' && param.schema !== undefined && isLine(param.schema)) return <TextField {...props} />
  return listOf(props) ?? typed(props)
}

/** A list of short values, entry by entry; null for anything else. */
function listOf(props: ControlProps): ReactNode {
  const item = itemOf(props.param)
  const entries = item === null ? null : listValues(shownValue(props.param, props.given))
  return item === null || entries === null ? null : <ListField {...props} item={item} entries={entries} />
}

/** What is typed or switched, by the type of the parameter. */
function typed(props: ControlProps): ReactNode {
  const { param, given, onChange } = props
  const shared = { id: props.id, 'aria-describedby': props.describedBy, error: props.isWrong }
  const text = textOf(shownValue(param, given))
  switch (param.type) {
    case 'boolean':
      if (defaultOf(param) === undefined) return <Choice {...props} options={YES_NO} />
      return (
        <Switch
          {...shared}
          checked={shownValue(param, given) === true}
          label={shownValue(param, given) === true ? 'Yes' : 'No'}
          onChange={({ currentTarget }) => onChange(currentTarget.checked)}
        />
      )
    case 'array':
    case 'object':
    case 'json':
      return (
        <Textarea
          {...shared}
          value={text}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
          autosize
          minRows={2}
          maxRows={14}
          spellCheck={false}
          placeholder={placeholderOf(param)}
          classNames={{ input: classes.code ?? '' }}
        />
      )
    case 'secret':
      return (
        <PasswordInput
          {...shared}
          size="xs"
          value={text}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
          autoComplete="new-password"
        />
      )
    case 'integer':
    case 'number':
      return (
        <TextInput
          {...shared}
          value={text}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
          inputMode={param.type === 'integer' ? 'numeric' : 'decimal'}
          autoComplete="off"
          classNames={{ input: classes.number ?? '' }}
        />
      )
    default:
      return <TextField {...props} />
  }
}

const PLACEHOLDERS = { array: '["a", "b"]', object: '{"name": "value"}', json: '1, "text", [1, 2] or {"name": 1}' }

/** What a value looks like. */
function placeholderOf({ type, schema }: Param): string {
  if (type === 'json') return schema === undefined ? PLACEHOLDERS.json : exampleOf(schema)
  return type === 'array' ? PLACEHOLDERS.array : PLACEHOLDERS.object
}

function TextField({ id, param, given, onChange, describedBy, isWrong }: ControlProps) {
  // Decided once: a field that changed its shape under the cursor would lose it.
  const [isLong] = useState(() => isLongText(param) || textOf(given).includes('\n'))
  const shared = { id, 'aria-describedby': describedBy, error: isWrong, value: textOf(shownValue(param, given)) }
  if (!isLong) return <TextInput {...shared} onChange={({ currentTarget }) => onChange(currentTarget.value)} />
  return (
    <Textarea
      {...shared}
      autosize
      minRows={3}
      maxRows={14}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  )
}

const labelOf = (value: Json): string => (value === true ? 'Yes' : value === false ? 'No' : shortText(value))

const YES_NO: readonly (readonly [Json, string])[] = [
  [true, 'Yes'],
  [false, 'No'],
]

type Options = { readonly options: readonly (readonly [Json, string])[] }

/** One of several values, which may be of any type: the control knows them by their places. */
function Choice({ id, param, given, onChange, describedBy, isWrong, options }: ControlProps & Options) {
  const shown = shownValue(param, given)
  const key = shown === undefined ? '' : canonicalJson(shown)
  const at = options.findIndex(([value]) => canonicalJson(value) === key)
  const canBeEmpty = !isRequired(param) && defaultOf(param) === undefined
  return (
    <Select
      id={id}
      aria-describedby={describedBy}
      error={isWrong}
      data={options.map(([, label], index) => ({ value: String(index), label }))}
      value={at < 0 ? null : String(at)}
      onChange={(index) => onChange(index === null ? undefined : options[Number(index)]?.[0])}
      placeholder="Choose"
      searchable={options.length > SEARCH_FROM}
      allowDeselect={canBeEmpty}
      clearable={canBeEmpty && at >= 0}
      comboboxProps={{ withinPortal: true }}
    />
  )
}

const SEARCH_FROM = 8
