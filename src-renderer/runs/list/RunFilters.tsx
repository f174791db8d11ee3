import { CloseButton, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { workflowRoutes } from '../../../src-shared/contract/index.ts'
import { chooseWorkspace, PROJECT, useAsk, useChosenWorkspace } from '../../api/index.ts'
import { useWorkspaces } from '../../workspaces/use-workspaces.ts'
import { FilterChip } from './FilterChip.tsx'
import {
  listOf,
  type RunFilter,
  SINCE,
  STATUSES,
  sincePhrase,
  statusPhrase,
  TRIGGERS,
  triggerPhrase,
} from './filter.ts'
import classes from './list.module.css'

interface RunFiltersProps {
  readonly filter: RunFilter
  readonly onChange: (filter: RunFilter) => void
}

/** More workflows than anybody has in one project. */
const ALL_WORKFLOWS = 1000

/** The filter as a sentence whose words can be changed: "failed runs of seattle-weather, in the last 7 days". */
export function RunFilters({ filter, onChange }: RunFiltersProps) {
  const workflows = useAsk(workflowRoutes.list, { params: { project: PROJECT }, query: { limit: ALL_WORKFLOWS } })
  const names = new Set(workflows.data?.items.map(({ name }) => name) ?? [])
  // The runs of a workflow that was deleted are still there.
  if (filter.workflow !== undefined) names.add(filter.workflow)
  const set = (part: RunFilter): void => onChange({ ...filter, ...part })
  const joined = (chosen: readonly string[]): string | undefined => (chosen.length === 0 ? undefined : chosen.join(','))
  return (
    <search className={classes.filters} aria-label="Runs">
      <span className={classes.sentence}>
        <FilterChip
          label="Status"
          idle="All"
          phrase={capital(statusPhrase(filter.status))}
          choices={STATUSES}
          chosen={listOf(filter.status)}
          isMultiple
          onChange={(chosen) => set({ status: joined(chosen) })}
        />
        <span>runs of</span>
        <FilterChip
          label="Workflow"
          idle="any workflow"
          phrase={filter.workflow ?? null}
          choices={[...names].sort().map((name) => ({ value: name, word: name }))}
          chosen={filter.workflow === undefined ? [] : [filter.workflow]}
          onChange={([workflow]) => set({ workflow })}
        />
        <FilterChip
          label="Start"
          idle="started any way"
          phrase={triggerPhrase(filter.trigger)}
          choices={TRIGGERS}
          chosen={listOf(filter.trigger)}
          isMultiple
          onChange={(chosen) => set({ trigger: joined(chosen) })}
        />
        <FilterChip
          label="Time"
          idle="at any time"
          phrase={sincePhrase(filter.since)}
          choices={SINCE}
          chosen={filter.since === undefined ? [] : [filter.since]}
          onChange={([since]) => set({ since })}
        />
        <InWorkspace />
      </span>
      <SearchBox search={filter.search} onSearch={(search) => set({ search })} />
    </search>
  )
}

/** The workspace is chosen for the whole window: here it reads as a part of the sentence. */
function InWorkspace() {
  const chosen = useChosenWorkspace()
  const { all } = useWorkspaces()
  if (all.length < 2) return null
  return (
    <FilterChip
      label="Workspace"
      idle="in any workspace"
      phrase={chosen === null ? null : `in ${chosen}`}
      choices={all.map(({ name }) => ({ value: name, word: name }))}
      chosen={chosen === null ? [] : [chosen]}
      onChange={([name]) => chooseWorkspace(name ?? null)}
    />
  )
}

const capital = (text: string | null): string | null =>
  text === null ? null : `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`

/** Long enough that a word is not searched letter by letter. */
const TYPING_MS = 250

function SearchBox(props: {
  readonly search: string | undefined
  readonly onSearch: (text: string | undefined) => void
}) {
  const { search, onSearch } = props
  const [text, setText] = useState(search ?? '')
  useEffect(() => setText(search ?? ''), [search])
  const send = useDebouncedCallback(
    (typed: string) => onSearch(typed.trim() === '' ? undefined : typed.trim()),
    TYPING_MS,
  )
  const change = (typed: string): void => {
    setText(typed)
    send(typed)
  }
  return (
    <TextInput
      className={classes.search}
      value={text}
      onChange={({ currentTarget }) => change(currentTarget.value)}
      placeholder="Workflow or run"
      aria-label="Search by workflow or run"
      leftSection={<IconSearch size={14} aria-hidden />}
      rightSection={
        text === '' ? null : <CloseButton size="xs" aria-label="Empty the search" onClick={() => change('')} />
      }
    />
  )
}
