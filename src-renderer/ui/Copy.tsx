import { ActionIcon, CopyButton as MantineCopy, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import classes from './Copy.module.css'

/** Copies a text; says what it copies, and that it did. */
export function CopyButton({ value, label }: { readonly value: string; readonly label: string }) {
  return (
    <MantineCopy value={value} timeout={1500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : label}>
          <ActionIcon size={22} aria-label={label} onClick={copy} className={classes.button}>
            {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
          </ActionIcon>
        </Tooltip>
      )}
    </MantineCopy>
  )
}

/** An identifier, path or digest: in the mono font, with a button that copies all of it. */
export function Copyable({
  value,
  shown,
  label,
}: {
  readonly value: string
  readonly shown?: string
  readonly label: string
}) {
  return (
    <span className={classes.copyable}>
      <span className="mono truncate" title={value}>
        {shown ?? value}
      </span>
      <CopyButton value={value} label={label} />
    </span>
  )
}
