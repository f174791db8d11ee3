import { Textarea, TextInput } from '@mantine/core'
import type { z } from 'zod'
import type { Json } from '../../../../src-shared/contract/index.ts'
import { plural } from '../../../ui/format.ts'
import type { ExpressionPlace } from '../readable.ts'
import { faultOf, helpOf, labelOf } from '../schema-text.ts'
import { hasExpression, readNumber, readValue, showValue } from '../values.ts'
import { FieldRow, type RowIds } from './FieldRow.tsx'
import { type FieldProps, useField } from './use-field.ts'
import { useTyped } from './use-typed.ts'
import { ValueEditor } from './ValueEditor.tsx'

interface TextFieldProps extends FieldProps {
  /** text: as typed. number: a number, or the text while it is none. value: numbers, lists and maps are read as such */
  readonly reads?: 'text' | 'number' | 'value'
  /** Offers what an expression can read here; the text may hold `${{ }}` */
  readonly place?: ExpressionPlace
  /** All of it is an expression, without braces */
  readonly isBare?: boolean
  readonly isShort?: boolean
  readonly isLong?: boolean
  readonly placeholder?: string
  /** An empty field is an empty text instead of none at all */
  readonly keepsEmpty?: boolean
}

const READ: Record<'text' | 'number' | 'value', (typed: string) => Json> = {
  text: (typed) => typed,
  number: readNumber,
  value: readValue,
}

/** A field that grows with its text measures all of it: 10 MB stop the window for half a minute. */
const MOST_CHARACTERS = 100_000
const SHOWN_CHARACTERS = 80

/** A text, number or value. What is typed is kept, and what is wrong with it said below. */
export function TextField(props: TextFieldProps) {
  const { path, schema, reads = 'text', place, isBare = false, isLong = false, isShort = false, placeholder } = props
  const field = useField(path)
  const name = props.label ?? labelOf(String(path.at(-1)))
  const read = (typed: string): Json | undefined =>
    typed === '' && props.keepsEmpty !== true ? undefined : READ[reads](typed)
  const show = (value: Json | undefined): string =>
    reads === 'value' ? showValue(value) : typeof value === 'string' ? value : showValue(value)
  const [typed, type] = useTyped(field.value, show, read, field.set)
  const fault = field.problems.length === 0 ? localFault(schema, field.value) : null
  const problems = fault === null ? field.problems : [{ severity: 'error' as const, message: fault }]
  return (
    <FieldRow
      label={name}
      help={helpOf(schema)}
      isShort={isShort}
      problems={problems}
      onRemove={field.isLocked ? undefined : props.onRemove}
    >
      {(ids) => {
        if (typed.length > MOST_CHARACTERS) {
          return <TooLong id={ids.control} text={typed} />
        }
        if (place !== undefined) {
          return (
            <ValueEditor
              label={name}
              value={typed}
              onChange={type}
              place={place}
              path={path}
              isBare={isBare}
              isSingleLine={!isLong}
              isReadOnly={field.isLocked}
              {...(placeholder === undefined ? {} : { placeholder })}
              {...(ids.error === undefined ? {} : { errorId: ids.error })}
              {...(props.autoFocus === true ? { autoFocus: true } : {})}
            />
          )
        }
        return (
          <PlainText
            ids={ids}
            value={typed}
            onChange={type}
            isLocked={field.isLocked}
            isWrong={problems.some((one) => one.severity === 'error')}
            isLong={isLong}
            isNumber={reads === 'number'}
            placeholder={placeholder ?? ''}
            autoFocus={props.autoFocus === true}
          />
        )
      }}
    </FieldRow>
  )
}

function TooLong({ id, text }: { readonly id: string; readonly text: string }) {
  return (
    <span id={id}>
      {plural(text.length, 'character')}, beginning with “{text.slice(0, SHOWN_CHARACTERS).trim()}…”. Change them in the
      YAML.
    </span>
  )
}

interface PlainTextProps {
  readonly ids: RowIds
  readonly value: string
  readonly onChange: (typed: string) => void
  readonly isLocked: boolean
  readonly isWrong: boolean
  readonly isLong: boolean
  readonly isNumber: boolean
  readonly placeholder: string
  readonly autoFocus: boolean
}

function PlainText({ ids, onChange, isLocked, isWrong, isLong, isNumber, ...shared }: PlainTextProps) {
  const props = {
    ...shared,
    id: ids.control,
    'aria-describedby': ids.described,
    disabled: isLocked,
    error: isWrong,
    onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
  }
  if (isLong) return <Textarea {...props} autosize minRows={1} maxRows={6} />
  return <TextInput {...props} inputMode={isNumber ? 'decimal' : 'text'} />
}

/** Checked while typing, before the engine answers. What an expression yields is known only when the step runs. */
function localFault(schema: z.ZodType, value: Json | undefined): string | null {
  return value === undefined || hasExpression(value) ? null : faultOf(schema, value)
}
