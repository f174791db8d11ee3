import { ActionIcon, Tooltip } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './table.module.css'

interface BulkBarProps {
  readonly count: number
  readonly onClear: () => void
  readonly children: ReactNode
}

/** What can be done with the rows that are chosen. */
export function BulkBar({ count, onClear, children }: BulkBarProps) {
  return (
    <section
      className={classes.bulk}
      aria-label="Chosen rows"
      onKeyDown={({ key }) => {
        if (key === 'Escape') onClear()
      }}
    >
      <span className="tabular" role="status">
        {count.toLocaleString()} chosen
      </span>
      {children}
      <Tooltip label="Choose none  Esc">
        <ActionIcon size={24} aria-label="Choose none" onClick={onClear}>
          <IconX size={15} />
        </ActionIcon>
      </Tooltip>
    </section>
  )
}
