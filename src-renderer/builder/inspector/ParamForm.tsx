import type { z } from 'zod'
import { Identifier, type Json, Param } from '../../../src-shared/contract/index.ts'
import type { Path } from '../../../src-shared/definition/index.ts'
import { useDocument } from '../document-context.tsx'
import { AddChips } from './fields/AddChips.tsx'
import { ChoiceField } from './fields/ChoiceField.tsx'
import { FieldRow } from './fields/FieldRow.tsx'
import { ListField } from './fields/ListField.tsx'
import { NameField } from './fields/NameField.tsx'
import { Problems } from './fields/Problems.tsx'
import { SwitchField } from './fields/SwitchField.tsx'
import { TextField } from './fields/TextField.tsx'
import { useField } from './fields/use-field.ts'
import { type Optional, useOptional, useRemover } from './fields/use-optional.ts'
import { limitsOf } from './param-fields.ts'
import { problemsBeside } from './problems-at.ts'
import { fieldsOf, helpOf } from './schema-text.ts'
import { mapOf, readNumber, readValue, showValue, textOf } from './values.ts'

interface ParamFormProps {
  readonly path: Path
  /** A field of an approval's form: it cannot be a secret */
  readonly isForm: boolean
  readonly isFresh: boolean
  readonly onRename: (to: string) => Promise<string | null>
}

const TYPES = Param.shape.type.options

/** Everything that a parameter may say. */
export function ParamForm({ path, isForm, isFresh, onRename }: ParamFormProps) {
  const field = useField(path)
  const name = String(path.at(-1))
  const param = mapOf(field.value)
  const type = textOf(param['type'])
  const limits = limitsOf(type)
  const keys = fieldsOf(Param).filter((key) => key !== 'type' && key !== 'description')
  const optional = useOptional(path, keys, limits)
  const types = TYPES.filter((one) => one !== 'secret' || !isForm)
  return (
    <>
      <FieldRow label="Name" isShort>
        {() => (
          <NameField
            label={`Name of ${name}`}
            name={name}
            schema={Identifier}
            isLocked={field.isLocked}
            autoFocus={isFresh}
            onRename={onRename}
          />
        )}
      </FieldRow>
      <ChoiceField
        path={[...path, 'type']}
        schema={Param.shape.type}
        choices={types.map((value) => ({ value, label: value }))}
      />
      <TextField
        path={[...path, 'description']}
        schema={Param.shape.description}
        isLong
        placeholder={helpOf(Param.shape.description)}
      />
      {keys
        .filter((key) => optional.shown.includes(key))
        .map((key) => (
          <Limit key={key} name={key} path={path} param={param} optional={optional} />
        ))}
      <Problems problems={problemsBeside(field.problems, path, fieldsOf(Param))} />
      <AddChips schema={Param} keys={optional.addable} onAdd={optional.open} labels={LABELS} />
    </>
  )
}

const LABELS: Readonly<Record<string, string>> = {
  enum: 'Allowed values',
  items: 'Items',
  properties: 'Properties',
  schema: 'JSON Schema',
  multiple: 'Several files',
}

interface LimitProps {
  readonly name: string
  readonly path: Path
  readonly param: Readonly<Record<string, Json>>
  readonly optional: Optional
}

/** One of the optional fields: what may be given, and what holds when nothing is. */
function Limit({ name, path, param, optional }: LimitProps) {
  const onRemove = useRemover(path, optional)(name)
  const schema = Param.shape[name as keyof typeof Param.shape]
  const type = textOf(param['type'])
  const shared = { path: [...path, name], schema, onRemove, autoFocus: optional.fresh === name }
  if (name === 'default') return <Default {...shared} type={type} choices={param['enum']} />
  if (name === 'multiple') return <SwitchField {...shared} absent={false} />
  if (name === 'required') return <SwitchField {...shared} absent={param['default'] === undefined} />
  if (name === 'enum') {
    const read =
      type === 'string' ? (text: string) => text : type === 'number' || type === 'integer' ? readNumber : readValue
    return <ListField {...shared} label={LABELS['enum'] ?? name} read={read} placeholder="Enter ends a value" />
  }
  if (name === 'items' || name === 'properties' || name === 'schema') {
    return (
      <TextField {...shared} reads="value" isLong placeholder={name === 'properties' ? '' : '{"type": "integer"}'} />
    )
  }
  return <TextField {...shared} reads={name === 'pattern' ? 'text' : 'number'} isShort />
}

interface DefaultProps {
  readonly path: Path
  readonly schema: z.ZodType
  readonly type: string
  readonly choices: Json | undefined
  readonly onRemove: () => void
  readonly autoFocus: boolean
}

/** The default, by the type of the parameter. */
function Default({ type, choices, ...shared }: DefaultProps) {
  const files = useDocument((state) => state.files)
  const values: Json[] = Array.isArray(choices) ? choices : type === 'boolean' ? [true, false] : []
  if (values.length > 0) {
    return <ChoiceField {...shared} choices={values.map((value) => ({ value, label: showValue(value) }))} />
  }
  if (type === 'file' && files.length > 0) {
    return <ChoiceField {...shared} choices={files.map(({ path }) => ({ value: path, label: path }))} />
  }
  const isText = type === 'string' || type === 'file' || type === 'directory'
  const isNumber = type === 'number' || type === 'integer'
  const reads = isText ? 'text' : isNumber ? 'number' : 'value'
  return <TextField {...shared} reads={reads} isShort={isNumber} isLong={!isText && !isNumber} keepsEmpty={isText} />
}
