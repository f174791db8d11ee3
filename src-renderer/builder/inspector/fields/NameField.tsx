import { TextInput } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import type { z } from 'zod'
import { faultOf } from '../schema-text.ts'
import classes from './fields.module.css'
import { Problems } from './Problems.tsx'

interface NameFieldProps {
  readonly label: string
  readonly name: string
  readonly schema: z.ZodType
  /** Carries the new name out. @returns why it was not possible, or null */
  readonly onRename: (name: string) => Promise<string | null> | string | null
  readonly isLocked: boolean
  readonly autoFocus?: boolean
  /** Looks like a label: for names in tables */
  readonly isQuiet?: boolean
}

/** A name. It is changed when the person is done with it, because others read it; Escape gives the old one back. */
export function NameField({
  label,
  name,
  schema,
  onRename,
  isLocked,
  autoFocus = false,
  isQuiet = false,
}: NameFieldProps) {
  const [typed, setTyped] = useState(name)
  const [refusal, setRefusal] = useState<string | null>(null)
  const isLeaving = useRef(false)
  useEffect(() => {
    setTyped(name)
    setRefusal(null)
  }, [name])
  const fault = typed === name ? null : (faultOf(schema, typed) ?? refusal)
  const commit = async (): Promise<void> => {
    if (typed === name || isLeaving.current || faultOf(schema, typed) !== null) return
    isLeaving.current = true
    try {
      setRefusal(await onRename(typed))
    } finally {
      isLeaving.current = false
    }
  }
  return (
    <div>
      <TextInput
        className={`${classes.name} ${isQuiet ? classes.quietName : ''}`}
        aria-label={label}
        value={typed}
        disabled={isLocked}
        error={fault !== null}
        autoFocus={autoFocus}
        spellCheck={false}
        onFocus={(event) => autoFocus && event.currentTarget.select()}
        onChange={(event) => {
          setTyped(event.currentTarget.value)
          setRefusal(null)
        }}
        onBlur={() => void commit()}
        onKeyDown={(event) => {
          if (event.key === 'Enter') void commit()
          if (event.key !== 'Escape' || typed === name) return
          event.stopPropagation()
          setTyped(name)
        }}
      />
      {fault !== null && <Problems problems={[{ severity: 'error', message: fault }]} />}
    </div>
  )
}
