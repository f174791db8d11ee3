import { ActionIcon, Combobox, ScrollArea, Tooltip, useCombobox } from '@mantine/core'
import { IconBraces } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import type { Readable } from '../readable.ts'
import classes from './fields.module.css'

interface ValuePickerProps {
  readonly readable: () => readonly Readable[]
  readonly label: string
  readonly onPick: (text: string) => void
  /** A choice before all others, e.g. an empty input */
  readonly first?: { readonly label: string; readonly onPick: () => void }
  /** Instead of the button with the braces */
  readonly target?: (toggle: () => void) => ReactNode
}

/** Values shown at once; the search finds the others. */
const MAX_SHOWN = 100
const FIRST = '$first'

/** Lists what can be read here, by kind, with a search. */
export function ValuePicker({ readable, label, onPick, first, target }: ValuePickerProps) {
  const [search, setSearch] = useState('')
  const [values, setValues] = useState<readonly Readable[]>([])
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption()
      setSearch('')
    },
    onDropdownOpen: () => {
      setValues(readable())
      combobox.focusSearchInput()
    },
  })
  const wanted = search.trim().toLowerCase()
  const found = values.filter((one) => `${one.text} ${one.help}`.toLowerCase().includes(wanted)).slice(0, MAX_SHOWN)
  const toggle = (): void => combobox.toggleDropdown()
  return (
    <Combobox
      store={combobox}
      width={300}
      position="bottom-end"
      shadow="md"
      withinPortal
      onOptionSubmit={(text) => {
        combobox.closeDropdown()
        if (text === FIRST) first?.onPick()
        else onPick(text)
      }}
    >
      <Combobox.Target withAriaAttributes={false}>
        {target === undefined ? (
          <Tooltip label="Insert a value">
            <ActionIcon
              size={22}
              aria-label={label}
              aria-haspopup="listbox"
              aria-expanded={combobox.dropdownOpened}
              className={classes.insert}
              onClick={toggle}
            >
              <IconBraces size={14} />
            </ActionIcon>
          </Tooltip>
        ) : (
          <span>{target(toggle)}</span>
        )}
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          value={search}
          size="xs"
          aria-label="Search values"
          placeholder="Search values"
          onChange={(event) => {
            setSearch(event.currentTarget.value)
            combobox.updateSelectedOptionIndex()
          }}
        />
        <Combobox.Options>
          <ScrollArea.Autosize mah={280} type="scroll">
            {first !== undefined && wanted === '' && (
              <Combobox.Option value={FIRST} className={classes.option}>
                {first.label}
              </Combobox.Option>
            )}
            <Groups found={found} />
            {found.length === 0 && first === undefined && (
              <Combobox.Empty>
                {wanted === '' ? 'Nothing can be read here yet.' : 'No value has this name.'}
              </Combobox.Empty>
            )}
          </ScrollArea.Autosize>
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}

function Groups({ found }: { readonly found: readonly Readable[] }) {
  const groups = [...new Set(found.map((one) => one.group))]
  return groups.map((group) => (
    <Combobox.Group key={group} label={group}>
      {found
        .filter((one) => one.group === group)
        .map((one) => (
          <Combobox.Option key={one.text} value={one.text} className={classes.option}>
            <span className={`mono truncate ${classes.optionName}`}>{one.text}</span>
            <span className={classes.optionType}>{one.type}</span>
          </Combobox.Option>
        ))}
    </Combobox.Group>
  ))
}
