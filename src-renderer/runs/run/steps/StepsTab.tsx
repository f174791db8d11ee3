import { ActionIcon, Button, Checkbox, Menu, MultiSelect, TextInput, Tooltip } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconColumns3, IconDownload, IconFold, IconSearch } from '@tabler/icons-react'
import { useDeferredValue, useMemo, useState } from 'react'
import { StepStatus } from '../../../../src-shared/contract/index.ts'
import { formatCount, plural } from '../../../ui/format.ts'
import { Empty } from '../../../ui/Notes.tsx'
import { usePersisted } from '../../../ui/persisted.ts'
import { saveAs } from '../../../ui/save.ts'
import { statusLooks } from '../../../ui/status.ts'
import { CallTree } from '../calls/CallTree.tsx'
import { useHead, useRunState, useRunStore } from '../data/run-store.ts'
import type { RoundStarts } from '../data/step-times.ts'
import { useCalm } from '../data/use-calm.ts'
import { useRoundStarts } from '../data/use-round-starts.ts'
import { OrderSwitch, useOrder } from '../parts/OrderSwitch.tsx'
import type { Place } from '../place.ts'
import { type ColumnId, columns, narrowColumns } from './columns.ts'
import { csvOf } from './csv.ts'
import { flatRows, type RowWishes, treeRows } from './rows.ts'
import { StepTable } from './StepTable.tsx'
import classes from './steps.module.css'

const NARROW = '(max-width: 700px)'

const DEFAULT_HIDDEN: readonly ColumnId[] = ['cpu']

/** All steps and items as a table that is sorted, searched and saved. */
export function StepsTab({ place }: { readonly place: Place }) {
  const starts = useRoundStarts()
  const total = useRunState((state) => state.book.byKey.size)
  const [wishes, setWishes] = useState<RowWishes>({ text: '', statuses: [], sort: null })
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set())
  const [hidden, setHidden] = usePersisted<readonly ColumnId[]>('run.steps.hidden', DEFAULT_HIDDEN)
  const { rows, isFlat, topic } = useRows(wishes, expanded, starts)
  const isNarrow = useMediaQuery(NARROW, undefined, { getInitialValueInEffect: false }) === true
  const shown = isNarrow
    ? narrowColumns
    : columns.filter(({ id }) => id === 'step' || id === 'status' || !hidden.includes(id))
  const { isCode, mode, setMode } = useOrder()
  const isTree = isCode && mode === 'calls'
  const toggle = (key: string): void => {
    const next = new Set(expanded)
    if (!next.delete(key)) next.add(key)
    setExpanded(next)
  }
  return (
    <div className={classes.tab}>
      <div className={classes.bar}>
        {isCode && <OrderSwitch mode={mode} onChange={setMode} />}
        <Filters wishes={wishes} onChange={setWishes} hasStatuses={!isTree} />
        <span className={`${classes.count} tabular`} aria-live="polite">
          {isFlat && !isTree ? `${formatCount(rows.length)} of ${plural(total, 'row')}` : ''}
        </span>
        {expanded.size > 0 && !isFlat && !isTree && <FoldButton onClick={() => setExpanded(new Set())} />}
        {!isNarrow && !isTree && <ColumnMenu hidden={hidden} onChange={setHidden} />}
        <SaveButton starts={starts} />
      </div>
      {isTree ? (
        <CallTree place={place} text={wishes.text} isNarrow={isNarrow} />
      ) : rows.length === 0 ? (
        <NoRows total={total} onClear={() => setWishes({ ...wishes, text: '', statuses: [] })} />
      ) : (
        <StepTable
          rows={rows}
          topic={topic}
          columns={shown}
          starts={starts}
          sort={wishes.sort}
          onSort={(sort) => setWishes({ ...wishes, sort })}
          expanded={isFlat ? null : expanded}
          onToggle={toggle}
          selected={place.step}
          onSelect={place.select}
        />
      )}
    </div>
  )
}

function FoldButton({ onClick }: { readonly onClick: () => void }) {
  return (
    <Button variant="subtle" h={28} leftSection={<IconFold size={16} stroke={1.5} />} onClick={onClick}>
      Fold all
    </Button>
  )
}

/** The rows that are wished for: the tree, or a flat list of what is searched or sorted. */
function useRows(wishes: RowWishes, expanded: ReadonlySet<string>, starts: RoundStarts) {
  const { text, statuses, sort } = useDeferredValue(wishes)
  const liveBook = useRunState((state) => state.book)
  const { tops, items } = liveBook
  const isFlat = sort !== null || statuses.length > 0 || text.trim() !== ''
  // Rows that are sorted or searched anew at every change would jump under the pointer, and cost much in a large run.
  const book = useCalm(liveBook, isFlat)
  const tree = useMemo(() => treeRows(tops, items, expanded), [tops, items, expanded])
  const found = useMemo(
    () => (isFlat ? flatRows(book, { text, statuses, sort }, starts) : null),
    [isFlat, book, text, statuses, sort, starts],
  )
  return { rows: found ?? tree, isFlat, topic: JSON.stringify([text, statuses, sort]) }
}

interface FiltersProps {
  readonly wishes: RowWishes
  readonly onChange: (wishes: RowWishes) => void
  readonly hasStatuses: boolean
}

function Filters({ wishes, onChange, hasStatuses }: FiltersProps) {
  const { text, statuses } = wishes
  return (
    <>
      <TextInput
        value={text}
        onChange={(event) => onChange({ ...wishes, text: event.currentTarget.value })}
        placeholder="Find a step, an item or a reason"
        aria-label="Find a step, an item or a reason"
        leftSection={<IconSearch size={14} />}
        className={classes.search}
      />
      {hasStatuses && (
        <MultiSelect
          data={StepStatus.options.map((value) => ({ value, label: statusLooks[value].word }))}
          value={[...statuses]}
          onChange={(values) => onChange({ ...wishes, statuses: StepStatus.array().parse(values) })}
          placeholder={statuses.length === 0 ? 'Any status' : ''}
          aria-label="Statuses that are shown"
          clearable
          className={classes.statuses}
        />
      )}
    </>
  )
}

function NoRows({ total, onClear }: { readonly total: number; readonly onClear: () => void }) {
  if (total === 0) return <Empty title="This run has no steps" />
  return (
    <Empty
      title="No step is like that"
      actions={
        <Button variant="default" onClick={onClear}>
          Show all steps
        </Button>
      }
    >
      Search for something else, or choose other statuses.
    </Empty>
  )
}

interface ColumnMenuProps {
  readonly hidden: readonly ColumnId[]
  readonly onChange: (hidden: readonly ColumnId[]) => void
}

function ColumnMenu({ hidden, onChange }: ColumnMenuProps) {
  return (
    <Menu position="bottom-end" closeOnItemClick={false}>
      <Menu.Target>
        <Tooltip label="Columns">
          <ActionIcon aria-label="Choose columns">
            <IconColumns3 size={18} stroke={1.5} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {columns
          .filter(({ id }) => id !== 'step' && id !== 'status')
          .map(({ id, title }) => {
            const isShown = !hidden.includes(id)
            return (
              <Menu.Item
                key={id}
                role="menuitemcheckbox"
                aria-checked={isShown}
                leftSection={<Checkbox.Indicator checked={isShown} size="xs" />}
                onClick={() => onChange(isShown ? [...hidden, id] : hidden.filter((one) => one !== id))}
              >
                {title}
              </Menu.Item>
            )
          })}
      </Menu.Dropdown>
    </Menu>
  )
}

function SaveButton({ starts }: { readonly starts: RoundStarts }) {
  const store = useRunStore()
  const { id, workflow } = useHead()
  return (
    <Tooltip label="Save all rows as CSV">
      <ActionIcon
        aria-label="Save all rows as CSV"
        onClick={() =>
          saveAs(`${workflow}-${id}-steps.csv`, csvOf(store.getState().book, starts), 'text/csv;charset=utf-8')
        }
      >
        <IconDownload size={18} stroke={1.5} />
      </ActionIcon>
    </Tooltip>
  )
}
