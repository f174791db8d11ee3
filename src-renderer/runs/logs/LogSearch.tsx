import { ActionIcon, Loader, TextInput, Tooltip } from '@mantine/core'
import { IconChevronDown, IconChevronUp, IconFilter, IconLetterCase, IconRegex, IconSearch } from '@tabler/icons-react'
import type { KeyboardEvent, ReactNode, RefObject } from 'react'
import { formatCount } from '../../ui/format.ts'
import classes from './Log.module.css'
import type { LogState } from './protocol.ts'
import { NO_QUERY, type Search } from './use-log.ts'

interface LogSearchProps {
  readonly search: Search
  readonly state: LogState
  readonly input: RefObject<HTMLInputElement | null>
  /** Escape in an empty field */
  readonly onLeave: () => void
}

/** The field, its switches, and which match of how many. */
export function LogSearch({ search, state, input, onLeave }: LogSearchProps) {
  const { query, setQuery } = search
  const isOn = query.text !== ''
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') search.go(event.shiftKey ? -1 : 1)
    else if (event.key === 'Escape') {
      setQuery({ ...query, text: NO_QUERY.text })
      onLeave()
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div className={classes.search}>
      <TextInput
        ref={input}
        className={classes.searchField ?? ''}
        aria-label="Search this log"
        placeholder="Search"
        leftSection={<IconSearch size={14} />}
        rightSectionWidth={90}
        rightSection={<Switches search={search} />}
        value={query.text}
        error={state.queryProblem !== null && isOn}
        onChange={(event) => setQuery({ ...query, text: event.currentTarget.value })}
        onKeyDown={onKeyDown}
      />
      {isOn && (
        <>
          <span className={classes.count} role="status">
            {countWords(search, state)}
          </span>
          {(state.scanned < state.lines || search.isPending) && state.queryProblem === null && (
            <Loader size={12} aria-label="Searching" />
          )}
          <Tooltip label="Previous match (Shift+F3)">
            <ActionIcon aria-label="Previous match" disabled={state.matches === 0} onClick={() => search.go(-1)}>
              <IconChevronUp size={16} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Next match (F3)">
            <ActionIcon aria-label="Next match" disabled={state.matches === 0} onClick={() => search.go(1)}>
              <IconChevronDown size={16} />
            </ActionIcon>
          </Tooltip>
        </>
      )}
    </div>
  )
}

function Switches({ search }: { readonly search: Search }) {
  const { query, setQuery, onlyMatches, setOnlyMatches } = search
  return (
    <span className={classes.switches}>
      <Switch
        label="Match case"
        isOn={query.matchCase}
        onClick={() => setQuery({ ...query, matchCase: !query.matchCase })}
      >
        <IconLetterCase size={15} />
      </Switch>
      <Switch
        label="Regular expression"
        isOn={query.isRegExp}
        onClick={() => setQuery({ ...query, isRegExp: !query.isRegExp })}
      >
        <IconRegex size={15} />
      </Switch>
      <Switch label="Show only lines that match" isOn={onlyMatches} onClick={() => setOnlyMatches(!onlyMatches)}>
        <IconFilter size={15} />
      </Switch>
    </span>
  )
}

function countWords({ found, isPending }: Search, state: LogState): string {
  if (isPending) return 'Searching'
  if (state.queryProblem !== null) return ''
  const isOver = state.scanned >= state.lines
  if (state.matches === 0) return isOver ? 'No line matches' : 'Searching'
  const total = `${formatCount(state.matches)}${isOver ? '' : '+'} ${state.matches === 1 ? 'line' : 'lines'}`
  return found === null ? total : `${formatCount(found.place)} of ${total}`
}

interface SwitchProps {
  readonly label: string
  readonly isOn: boolean
  readonly onClick: () => void
  readonly children: ReactNode
}

export function Switch({ label, isOn, onClick, children }: SwitchProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        size={24}
        variant={isOn ? 'light' : 'subtle'}
        color={isOn ? 'teal' : 'gray'}
        aria-label={label}
        aria-pressed={isOn}
        onClick={onClick}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  )
}
