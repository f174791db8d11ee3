import { ActionIcon, SegmentedControl, Tooltip } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { type Json, Step } from '../../../src-shared/contract/index.ts'
import { asList, asScript, shownScript, writtenScript } from './command.ts'
import { AddButton } from './fields/AddButton.tsx'
import { FieldRow } from './fields/FieldRow.tsx'
import classes from './fields/fields.module.css'
import { type Field, useField } from './fields/use-field.ts'
import { useTyped } from './fields/use-typed.ts'
import { ValueEditor } from './fields/ValueEditor.tsx'
import { helpOf } from './schema-text.ts'
import { showValue } from './values.ts'

const MODES = [
  { value: 'script', label: 'Shell script' },
  { value: 'list', label: 'Arguments' },
]

/** The command of a step: a script for the shell, or a program with its arguments. */
export function RunField({ step }: { readonly step: string }) {
  const field = useField(['steps', step, 'run'])
  const isList = Array.isArray(field.value)
  const switchTo = (mode: string): void => {
    if (mode === 'list' && !isList) field.set(asList(field.value))
    if (mode === 'script' && isList) field.set(writtenScript(asScript(field.value)))
  }
  return (
    <FieldRow
      label="Command"
      help={helpOf(Step.shape.run)}
      problems={field.problems}
      aside={
        <SegmentedControl
          aria-label="How the command is written"
          data={MODES}
          value={isList ? 'list' : 'script'}
          disabled={field.isLocked}
          onChange={switchTo}
        />
      }
    >
      {(ids) =>
        isList ? (
          <Arguments field={field} step={step} />
        ) : (
          <Script field={field} step={step} {...(ids.error === undefined ? {} : { errorId: ids.error })} />
        )
      }
    </FieldRow>
  )
}

function Script({ field, step, errorId }: { readonly field: Field; readonly step: string; readonly errorId?: string }) {
  const [typed, type] = useTyped(field.value, shownScript, writtenScript, field.set)
  return (
    <ValueEditor
      label="Script"
      language="shell"
      value={typed}
      onChange={type}
      place={{ step, field: 'run' }}
      path={['steps', step, 'run']}
      isSingleLine={false}
      isReadOnly={field.isLocked}
      placeholder="echo hello"
      {...(errorId === undefined ? {} : { errorId })}
    />
  )
}

/** One line an argument; nothing is quoted, because there is no shell. */
function Arguments({ field, step }: { readonly field: Field; readonly step: string }) {
  const items: readonly Json[] = Array.isArray(field.value) ? field.value : []
  const write = (next: readonly Json[]): void => field.set([...next])
  return (
    <div className={classes.entries}>
      {items.map((item, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an argument is its place
        <div key={i} className={classes.argument}>
          <Argument
            label={i === 0 ? 'Program' : `Argument ${i}`}
            value={item}
            step={step}
            isLocked={field.isLocked}
            onChange={(value) => write(items.with(i, value))}
          />
          {items.length > 1 && !field.isLocked && (
            <Tooltip label={`Remove argument ${i}`}>
              <ActionIcon
                size={22}
                aria-label={`Remove argument ${i}`}
                className={classes.remove}
                onClick={() => write(items.filter((_, other) => other !== i))}
              >
                <IconX size={13} />
              </ActionIcon>
            </Tooltip>
          )}
        </div>
      ))}
      {!field.isLocked && <AddButton label="Add an argument" onClick={() => write([...items, ''])} />}
    </div>
  )
}

interface ArgumentProps {
  readonly label: string
  readonly value: Json
  readonly step: string
  readonly isLocked: boolean
  readonly onChange: (value: string) => void
}

function Argument({ label, value, step, isLocked, onChange }: ArgumentProps) {
  // Arguments are texts, whatever they look like.
  const show = (item: Json): string => (typeof item === 'string' ? item : showValue(item))
  const [typed, type] = useTyped(
    value,
    show,
    (text) => text,
    (next) => onChange(typeof next === 'string' ? next : ''),
  )
  return (
    <ValueEditor
      label={label}
      value={typed}
      onChange={type}
      place={{ step, field: 'run' }}
      path={['steps', step, 'run']}
      isReadOnly={isLocked}
      placeholder={label}
    />
  )
}
