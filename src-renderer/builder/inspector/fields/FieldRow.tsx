import { ActionIcon, Tooltip } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { type ReactNode, useId } from 'react'
import type { DefinitionProblem } from '../../../../src-shared/contract/index.ts'
import classes from './fields.module.css'
import { Problems } from './Problems.tsx'

/** What a control needs to be named and described. */
export interface RowIds {
  readonly control: string
  readonly label: string
  /** What the field means, and what is wrong with it */
  readonly described: string | undefined
  /** Undefined while nothing is wrong */
  readonly error: string | undefined
}

interface FieldRowProps {
  readonly label: string
  readonly help?: string
  /** Beside the label instead of below it: for short values */
  readonly isShort?: boolean
  readonly problems?: readonly Pick<DefinitionProblem, 'severity' | 'message' | 'fix'>[]
  /** Beside the label, at the end of its line */
  readonly aside?: ReactNode
  readonly onRemove?: (() => void) | undefined
  readonly children: (ids: RowIds) => ReactNode
}

/** A field with its name, what it means on hover, and what is wrong with it. */
export function FieldRow({ label, help, isShort = false, problems = [], aside, onRemove, children }: FieldRowProps) {
  const id = useId()
  const hasHelp = help !== undefined && help !== ''
  const error = problems.length > 0 ? `${id}e` : undefined
  const described = [hasHelp ? `${id}h` : undefined, error].filter((one) => one !== undefined).join(' ')
  const ids: RowIds = {
    control: `${id}c`,
    label: `${id}l`,
    described: described === '' ? undefined : described,
    error,
  }
  return (
    <div className={classes.row} data-short={isShort || undefined}>
      <div className={classes.head}>
        <Tooltip label={help} disabled={!hasHelp} multiline maw={280} position="left-start" openDelay={600}>
          <label id={ids.label} htmlFor={ids.control} className={classes.label}>
            {label}
          </label>
        </Tooltip>
        {aside}
        {onRemove !== undefined && <RemoveButton label={label} onRemove={onRemove} />}
      </div>
      {hasHelp && (
        <span id={`${id}h`} hidden>
          {help}
        </span>
      )}
      <div className={classes.control}>{children(ids)}</div>
      <Problems problems={problems} {...(ids.error === undefined ? {} : { id: ids.error })} />
    </div>
  )
}

export function RemoveButton({ label, onRemove }: { readonly label: string; readonly onRemove: () => void }) {
  const text = `Remove ${label.charAt(0).toLowerCase()}${label.slice(1)}`
  return (
    <Tooltip label={text}>
      <ActionIcon size={22} aria-label={text} className={classes.remove} onClick={onRemove}>
        <IconX size={13} />
      </ActionIcon>
    </Tooltip>
  )
}
