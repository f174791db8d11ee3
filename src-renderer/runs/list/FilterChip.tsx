import { ActionIcon, Menu, Tooltip } from '@mantine/core'
import { IconChevronDown, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import classes from './list.module.css'

export interface ChipChoice {
  readonly value: string
  readonly word: string
}

interface FilterChipProps {
  /** What the chip is about: "Status" */
  readonly label: string
  /** In the sentence, while nothing is chosen: "all" */
  readonly idle: string
  /** In the sentence; null while nothing is chosen */
  readonly phrase: string | null
  readonly choices: readonly ChipChoice[]
  readonly chosen: readonly string[]
  /** Several may be chosen at once */
  readonly isMultiple?: boolean
  readonly onChange: (chosen: readonly string[]) => void
}

/** From this many choices on they can be searched. */
const SEARCH_FROM = 9

/** A word of the sentence that a filter reads as; a click offers the other words. */
export function FilterChip(props: FilterChipProps) {
  const { label, idle, phrase, choices, chosen, isMultiple = false, onChange } = props
  const [search, setSearch] = useState('')
  const isOn = phrase !== null
  const found = choices.filter(({ word }) => word.toLowerCase().includes(search.trim().toLowerCase()))
  const toggle = (value: string): void => {
    const isChosen = chosen.includes(value)
    if (!isMultiple) onChange(isChosen ? [] : [value])
    else onChange(isChosen ? chosen.filter((one) => one !== value) : [...chosen, value])
  }
  return (
    <span className={classes.chip} data-on={isOn || undefined}>
      <Menu closeOnItemClick={!isMultiple} onClose={() => setSearch('')} width={220}>
        <Menu.Target>
          <button type="button" className={classes.chipButton} aria-label={`${label}: ${phrase ?? idle}`}>
            <span className="truncate">{phrase ?? idle}</span>
            {!isOn && <IconChevronDown size={13} aria-hidden />}
          </button>
        </Menu.Target>
        <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
          {choices.length >= SEARCH_FROM && (
            <Menu.Search
              value={search}
              onChange={({ currentTarget }) => setSearch(currentTarget.value)}
              placeholder="Search"
              aria-label={`Search ${label.toLowerCase()}`}
            />
          )}
          {found.length === 0 && <Menu.Label>Nothing has that name.</Menu.Label>}
          {isMultiple
            ? found.map(({ value, word }) => (
                <Menu.CheckboxItem key={value} checked={chosen.includes(value)} onChange={() => toggle(value)}>
                  {word}
                </Menu.CheckboxItem>
              ))
            : found.map(({ value, word }) => (
                <Menu.RadioItem
                  key={value}
                  value={value}
                  checked={chosen.includes(value)}
                  onChange={() => toggle(value)}
                  closeMenuOnClick
                >
                  {word}
                </Menu.RadioItem>
              ))}
        </Menu.Dropdown>
      </Menu>
      {isOn && (
        <Tooltip label="Take this filter out">
          <ActionIcon size={20} aria-label={`Take out: ${phrase}`} onClick={() => onChange([])}>
            <IconX size={12} />
          </ActionIcon>
        </Tooltip>
      )}
    </span>
  )
}
