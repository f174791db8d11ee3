import { Select, TextInput } from '@mantine/core'
import { useId } from 'react'
import type { FieldValues } from '../ui/fields/index.ts'
import { textOf } from '../ui/fields/param-values.ts'
import { type EngineField, LEVEL_WORDS } from './engine-form.ts'
import { Row } from './Row.tsx'
import classes from './settings.module.css'

interface EngineFieldsProps {
  readonly values: FieldValues
  readonly onChange: (values: FieldValues) => void
  readonly problems: Readonly<Record<string, string>>
}

/** Each setting of the engine as a row: what it is, and its control. */
export function EngineFields({ values, onChange, problems }: EngineFieldsProps) {
  const field = (name: EngineField) => ({
    value: textOf(values[name]),
    problem: problems[name],
    onChange: (value: string) => onChange({ ...values, [name]: value }),
  })
  return (
    <>
      <NumberRow
        title="Runs to keep"
        about="Ended runs that a project keeps. The oldest go first, with their logs and assets."
        unit="runs"
        {...field('keepRuns')}
      />
      <NumberRow
        title="Time to keep them"
        about="A run that ended longer ago goes too, however few there are."
        unit="days"
        {...field('keepDays')}
      />
      <LevelRow {...field('logLevel')} />
      <AddressRow {...field('listen')} />
    </>
  )
}

interface FieldProps {
  readonly value: string
  readonly problem: string | undefined
  readonly onChange: (value: string) => void
}

interface NumberRowProps extends FieldProps {
  readonly title: string
  readonly about: string
  readonly unit: string
}

function NumberRow({ title, about, unit, value, problem, onChange }: NumberRowProps) {
  const id = useId()
  return (
    <Row title={title} about={about} control={id} problem={problem}>
      <TextInput
        id={id}
        w={140}
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
        inputMode="numeric"
        autoComplete="off"
        error={problem !== undefined}
        aria-describedby={`${id}-about`}
        rightSection={<span className={classes.unit}>{unit}</span>}
        rightSectionWidth={44}
        rightSectionPointerEvents="none"
        classNames={{ input: classes.number ?? '' }}
      />
    </Row>
  )
}

function LevelRow({ value, problem, onChange }: FieldProps) {
  const id = useId()
  return (
    <Row
      title="Log of the engine"
      about="How much the engine writes about itself. Logs of runs are always whole."
      control={id}
      problem={problem}
    >
      <Select
        id={id}
        w={220}
        data={Object.entries(LEVEL_WORDS).map(([level, label]) => ({ value: level, label }))}
        value={value}
        allowDeselect={false}
        onChange={(level) => level !== null && onChange(level)}
        aria-describedby={`${id}-about`}
      />
    </Row>
  )
}

function AddressRow({ value, problem, onChange }: FieldProps) {
  const id = useId()
  return (
    <Row
      title="Address"
      about="Where programs and browsers on this machine reach the engine. Empty: it takes a free port at each start."
      control={id}
      problem={problem}
    >
      <TextInput
        id={id}
        w={220}
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
        placeholder="127.0.0.1:7767"
        autoComplete="off"
        spellCheck={false}
        error={problem !== undefined}
        aria-describedby={`${id}-about`}
        classNames={{ input: 'mono' }}
      />
    </Row>
  )
}
