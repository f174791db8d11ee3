import { ActionIcon, Combobox, ScrollArea, Tooltip, useCombobox } from '@mantine/core'
import { IconBraces } from '@tabler/icons-react'
import { type ReactNode, type Ref, useState } from 'react'
import { type Readable, typeInWords } from '../readable.ts'
import classes from './fields.module.css'

interface ValuePickerProps {
  readonly readable: () => readonly Readable[]
  readonly label: string
  readonly onPick: (picked: Readable) => void
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
        else {
          const picked = values.find((one) => one.text === text)
          if (picked !== undefined) onPick(picked)
        }
      }}
    >
      <Combobox.Target withAriaAttributes={false}>
        {target === undefined ? (
          <InsertButton label={label} isOpen={combobox.dropdownOpened} onClick={toggle} />
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
        <Options found={found} first={wanted === '' ? first?.label : undefined} isSearched={wanted !== ''} />
      </Combobox.Dropdown>
    </Combobox>
  )
}

interface OptionsProps {
  readonly found: readonly Readable[]
  readonly first: string | undefined
  readonly isSearched: boolean
}

function Options({ found, first, isSearched }: OptionsProps) {
  return (
    <Combobox.Options>
      <ScrollArea.Autosize mah={280} type="scroll">
        {first !== undefined && (
          <Combobox.Option value={FIRST} className={classes.option}>
            {first}
          </Combobox.Option>
        )}
        <Groups found={found} />
        {found.length === 0 && first === undefined && (
          <Combobox.Empty>{isSearched ? 'No value has this name.' : 'Nothing can be read here yet.'}</Combobox.Empty>
        )}
      </ScrollArea.Autosize>
    </Combobox.Options>
  )
}

interface InsertButtonProps {
  readonly label: string
  readonly isOpen: boolean
  readonly onClick: () => void
  /** From the list that opens at it */
  readonly ref?: Ref<HTMLButtonElement>
}

function InsertButton({ label, isOpen, onClick, ref }: InsertButtonProps) {
  return (
    <Tooltip label="Insert a value">
      <ActionIcon
        ref={ref}
        size={22}
        aria-label={label}
        aria-haspopup="listbox"
        aria-expanded={isOpen}
        className={classes.insert}
        onClick={onClick}
      >
        <IconBraces size={14} />
      </ActionIcon>
    </Tooltip>
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
            <span className={classes.optionType}>{typeInWords(one)}</span>
          </Combobox.Option>
        ))}
    </Combobox.Group>
  ))
}
