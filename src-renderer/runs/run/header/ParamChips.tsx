import { Popover, UnstyledButton } from '@mantine/core'
import { IconFile, IconLock } from '@tabler/icons-react'
import { useState } from 'react'
import { isAbsent, isAsset, type Json, type Param } from '../../../../src-shared/contract/index.ts'
import { CopyButton } from '../../../ui/Copy.tsx'
import { formatBytes, plural } from '../../../ui/format.ts'
import { useHead } from '../data/run-store.ts'
import { useDefinition } from '../data/use-definition.ts'
import classes from './header.module.css'

/** More than that take the room of the run itself. */
const SHOWN = 6

/** What the run was started with. */
export function ParamChips() {
  const { params } = useHead()
  const declared = useDefinition()?.definition.params ?? {}
  const [isAll, setAll] = useState(false)
  // What was left out is the code's own affair: it has its default.
  const names = Object.keys(params).filter((name) => !isAbsent(params[name]))
  if (names.length === 0) return null
  const shown = isAll ? names : names.slice(0, SHOWN)
  return (
    <ul className={classes.chips} aria-label="Parameters">
      {shown.map((name) => (
        <li key={name}>
          <Chip name={name} value={params[name] ?? null} param={declared[name]} />
        </li>
      ))}
      {names.length > SHOWN && (
        <li>
          <UnstyledButton className={classes.more} onClick={() => setAll(!isAll)}>
            {isAll ? 'Show fewer' : `${names.length - SHOWN} more`}
          </UnstyledButton>
        </li>
      )}
    </ul>
  )
}

interface ChipProps {
  readonly name: string
  readonly value: Json
  readonly param: Param | undefined
}

function Chip({ name, value, param }: ChipProps) {
  const isSecret = param?.type === 'secret'
  const text = isSecret ? 'secret' : inOneLine(value)
  return (
    <Popover position="bottom-start" shadow="md" width="target" withinPortal>
      <Popover.Target>
        <UnstyledButton className={classes.chip} aria-label={`Parameter ${name}: ${text}`}>
          <span className="dim">{name}</span>
          {isSecret && <IconLock size={12} aria-hidden />}
          {isAsset(value) && <IconFile size={12} aria-hidden />}
          <span className="truncate mono">{text}</span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown className={classes.value}>
        <div className={classes.valueHead}>
          <strong>{name}</strong>
          {!isSecret && <CopyButton value={fullText(value)} label={`Copy the value of ${name}`} />}
        </div>
        {param?.description !== undefined && <div className="dim">{param.description}</div>}
        {isSecret ? (
          <div>The value of a secret is never shown.</div>
        ) : (
          <pre className={`mono ${classes.pre}`}>{fullText(value)}</pre>
        )}
      </Popover.Dropdown>
    </Popover>
  )
}

const LONGEST = 60

function inOneLine(value: Json): string {
  if (isAsset(value)) {
    const size = formatBytes(value.files.reduce((sum, file) => sum + file.size, 0))
    const [only] = value.files
    return value.files.length === 1 && only !== undefined
      ? `${only.path} (${size})`
      : `${plural(value.files.length, 'file')} (${size})`
  }
  if (value === null) return 'none'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text === '' ? 'empty' : text
}

const fullText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 2))
