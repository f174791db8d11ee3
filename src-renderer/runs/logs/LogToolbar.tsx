import { ActionIcon, Menu, NumberInput, Popover, Select, Tooltip } from '@mantine/core'
import { IconArrowBarToDown, IconClock, IconDownload, IconHash, IconTextWrap } from '@tabler/icons-react'
import { memo, type ReactNode, useState } from 'react'
import type { LogStream } from '../../../src-shared/contract/index.ts'
import { plural } from '../../ui/format.ts'
import classes from './Log.module.css'
import { Switch } from './LogSearch.tsx'
import type { Filter, LogState } from './protocol.ts'
import { NO_FILTER } from './scan.ts'
import { LEVELS, type Source } from './store.ts'

export interface Looks {
  readonly isWrapped: boolean
  readonly withTime: boolean
}

interface LogToolbarProps {
  readonly state: LogState
  readonly filter: Filter
  readonly onFilter: (filter: Filter) => void
  readonly looks: Looks
  readonly onLooks: (looks: Looks) => void
  readonly following: boolean
  readonly onFollow: (following: boolean) => void
  readonly onJump: (line: number) => void
  readonly onSave: (onlyShown: boolean) => void
  readonly search: ReactNode
}

export function LogToolbar(props: LogToolbarProps) {
  const { state, looks, onLooks } = props
  return (
    <div className={classes.toolbar}>
      {props.search}
      <Filters sources={state.sources} filter={props.filter} onFilter={props.onFilter} />
      <span className={classes.spring} />
      <Switch label="Follow the end" isOn={props.following} onClick={() => props.onFollow(!props.following)}>
        <IconArrowBarToDown size={16} />
      </Switch>
      <Switch
        label="Wrap long lines"
        isOn={looks.isWrapped}
        onClick={() => onLooks({ ...looks, isWrapped: !looks.isWrapped })}
      >
        <IconTextWrap size={16} />
      </Switch>
      <Switch
        label="Show when each line came"
        isOn={looks.withTime}
        onClick={() => onLooks({ ...looks, withTime: !looks.withTime })}
      >
        <IconClock size={16} />
      </Switch>
      <Jump lines={state.lines} onJump={props.onJump} />
      <Save state={state} onSave={props.onSave} />
    </div>
  )
}

const STREAM_WORDS: Readonly<Record<LogStream, string>> = {
  stdout: 'Standard output',
  stderr: 'Standard error',
  system: 'Weir itself',
  log: 'Log of the code',
}

/** What code logged, from a level on */
const LEVEL_WORDS: Readonly<Record<'info' | 'warning' | 'error', string>> = {
  info: 'Log without debug',
  warning: 'Warnings and errors of the log',
  error: 'Errors of the log',
}

/** More choices than this are searched, not scrolled. */
const MANY = 8

interface FiltersProps extends Pick<LogToolbarProps, 'filter' | 'onFilter'> {
  readonly sources: readonly Source[]
}

/** Memoised: a run may have ten thousand sources, and its state changes many times a second. */
const Filters = memo(function Filters({ sources, filter, onFilter }: FiltersProps) {
  const steps = [...new Set(sources.flatMap(({ step }) => [step.replace(/\[\d+\]$/, ''), step]))].sort(byName)
  const attempts = [...new Set(sources.map(({ attempt }) => attempt))].sort((a, b) => a - b)
  return (
    <>
      {(steps.length > 1 || filter.step !== null) && (
        <Select
          aria-label="Step"
          className={classes.filter ?? ''}
          placeholder="All steps"
          clearable
          searchable={steps.length > MANY}
          limit={200}
          data={steps}
          value={filter.step}
          onChange={(step) => onFilter({ ...filter, step })}
          nothingFoundMessage="No such step has written anything"
        />
      )}
      {(attempts.length > 1 || filter.attempt !== null) && (
        <Select
          aria-label="Attempt"
          className={classes.filter ?? ''}
          placeholder="All attempts"
          clearable
          data={attempts.map((attempt) => ({ value: String(attempt), label: `Attempt ${attempt}` }))}
          value={filter.attempt === null ? null : String(filter.attempt)}
          onChange={(attempt) => onFilter({ ...filter, attempt: attempt === null ? null : Number(attempt) })}
        />
      )}
      <Select
        aria-label="Stream"
        className={classes.filter ?? ''}
        placeholder="All streams"
        clearable
        data={[...Object.entries(STREAM_WORDS), ...Object.entries(LEVEL_WORDS)].map(([value, label]) => ({
          value,
          label,
        }))}
        value={filter.level ?? filter.stream}
        onChange={(chosen) => onFilter({ ...filter, ...streamOf(chosen) })}
      />
    </>
  )
})

const isStream = (value: string | null): value is LogStream => value !== null && value in STREAM_WORDS

/** A stream, or the stream of logged lines from a level on. */
function streamOf(chosen: string | null): Pick<Filter, 'stream' | 'level'> {
  const level = LEVELS.find((one) => one === chosen)
  if (level !== undefined) return { stream: 'log', level }
  return { stream: isStream(chosen) ? chosen : NO_FILTER.stream, level: null }
}

const byName = (a: string, b: string): number => a.localeCompare(b, undefined, { numeric: true })

function Jump({ lines, onJump }: { readonly lines: number; readonly onJump: (line: number) => void }) {
  const [isOpen, setOpen] = useState(false)
  const [line, setLine] = useState<number | string>('')
  const go = (): void => {
    if (typeof line !== 'number') return
    setOpen(false)
    onJump(line)
  }
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" trapFocus shadow="md">
      <Popover.Target>
        <Tooltip label="Go to a line">
          <ActionIcon size={24} aria-label="Go to a line" onClick={() => setOpen(!isOpen)} disabled={lines === 0}>
            <IconHash size={16} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={8}>
        <NumberInput
          data-autofocus
          w={180}
          label={`Line, 1 to ${lines.toLocaleString()}`}
          min={1}
          max={lines}
          allowDecimal={false}
          hideControls
          value={line}
          onChange={setLine}
          onKeyDown={(event) => event.key === 'Enter' && go()}
        />
      </Popover.Dropdown>
    </Popover>
  )
}

function Save({ state, onSave }: Pick<LogToolbarProps, 'state' | 'onSave'>) {
  const isAll = state.rows === state.lines
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Tooltip label="Save">
          <ActionIcon size={24} aria-label="Save the log" disabled={state.lines === 0}>
            <IconDownload size={16} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onSave(false)}>Save all that was read ({plural(state.lines, 'line')})</Menu.Item>
        {!isAll && (
          <Menu.Item onClick={() => onSave(true)}>Save what is shown ({plural(state.rows, 'line')})</Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
