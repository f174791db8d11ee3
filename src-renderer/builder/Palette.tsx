import { TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type KeyboardEvent, useState } from 'react'
import { workflowRoutes } from '../../src-shared/contract/index.ts'
import { firstParagraph } from '../../src-shared/targets/words.ts'
import { PROJECT, useAsk } from '../api/index.ts'
import { useDocument } from './document-context.tsx'
import { useTargetList } from './inspector/targets.ts'
import classes from './Palette.module.css'
import { basicItems, found, type PaletteItem, targetItem, workflowItem } from './palette-items.ts'

/** What is dragged from the palette carries its item under this type. */
export const DRAG_TYPE = 'application/x-weir-step'

const LISTED = 200

/** Everything that can be added: kinds of steps, and workflows that exist. */
export function usePaletteItems(): readonly PaletteItem[] {
  const own = useDocument((state) => state.workflow)
  const { data } = useAsk(workflowRoutes.list, { params: { project: PROJECT }, query: { limit: LISTED } })
  const others = (data?.items ?? []).filter((workflow) => workflow.name !== own)
  const targets = useTargetList().data?.items ?? []
  return [
    ...basicItems,
    ...targets.map(({ path, description }) =>
      targetItem(path, description === null ? null : firstParagraph(description)),
    ),
    ...others.map((workflow) => workflowItem(workflow.name, workflow.description)),
  ]
}

interface PaletteProps {
  readonly initialSearch?: string
  readonly onPick: (item: PaletteItem) => void
  readonly onClose: () => void
  /** In the drawer items can be dragged; at a line that was pulled into the void they are picked */
  readonly isDrawer: boolean
}

/** A searchable list of steps to add: arrows and Enter pick, Escape closes. */
export function Palette({ initialSearch = '', onPick, onClose, isDrawer }: PaletteProps) {
  const [search, setSearch] = useState(initialSearch)
  const [active, setActive] = useState(0)
  const items = found(usePaletteItems(), search)
  const chosen = Math.min(active, items.length - 1)
  const pick = (item: PaletteItem): void => {
    onPick(item)
    // The next step is looked for from the beginning.
    setSearch('')
    setActive(0)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') onClose()
    else if (event.key === 'ArrowDown') setActive(Math.min(items.length - 1, chosen + 1))
    else if (event.key === 'ArrowUp') setActive(Math.max(0, chosen - 1))
    else if (event.key === 'Enter') {
      const item = items[chosen]
      if (item !== undefined) pick(item)
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <section className={classes.palette} aria-label="Add a step" onKeyDown={onKeyDown}>
      <TextInput
        value={search}
        onChange={(event) => {
          setSearch(event.currentTarget.value)
          setActive(0)
        }}
        placeholder="Add a step"
        aria-label="Search steps to add"
        leftSection={<IconSearch size={14} aria-hidden />}
        role="combobox"
        aria-expanded
        aria-controls="palette-items"
        aria-activedescendant={items[chosen] === undefined ? undefined : `palette-${items[chosen].id}`}
        // The person has just asked for this field.
        data-autofocus
        ref={focus}
      />
      <div className={classes.items} role="listbox" id="palette-items" aria-label="Steps to add">
        {items.map((item, index) => (
          <Item
            key={item.id}
            item={item}
            isActive={index === chosen}
            isDrawer={isDrawer}
            heading={items[index - 1]?.tone === item.tone ? null : (HEADINGS[item.tone] ?? null)}
            onPick={() => pick(item)}
          />
        ))}
        {items.length === 0 && <p className={classes.nothing}>Nothing is called that.</p>}
      </div>
      {isDrawer && <p className={classes.hint}>Click, or drag to a place on the canvas.</p>}
    </section>
  )
}

const focus = (input: HTMLInputElement | null): void => input?.focus({ preventScroll: true })

interface ItemProps {
  readonly item: PaletteItem
  readonly isActive: boolean
  readonly isDrawer: boolean
  /** What stands above it */
  readonly heading: string | null
  readonly onPick: () => void
}

/** Above the first of a kind. */
const HEADINGS: Readonly<Record<string, string>> = { target: 'Call code', workflow: 'Run a workflow' }

function Item({ item, isActive, isDrawer, heading, onPick }: ItemProps) {
  const { icon: Icon } = item
  return (
    <>
      {heading !== null && <div className={classes.heading}>{heading}</div>}
      <button
        type="button"
        role="option"
        id={`palette-${item.id}`}
        aria-selected={isActive}
        tabIndex={-1}
        className={`${classes.item} ${isActive ? classes.active : ''}`}
        draggable={isDrawer}
        onDragStart={(event) => {
          event.dataTransfer.setData(DRAG_TYPE, item.id)
          event.dataTransfer.effectAllowed = 'copy'
        }}
        onClick={onPick}
      >
        <span className={`${classes.icon} ${classes[item.tone] ?? ''}`}>
          <Icon size={16} stroke={1.6} aria-hidden />
        </span>
        <span className={classes.titles}>
          <span className="truncate">{item.title}</span>
          <span className={`${classes.text} truncate`}>{item.text}</span>
        </span>
      </button>
    </>
  )
}
