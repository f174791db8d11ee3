import { Spotlight, type SpotlightActionGroupData, spotlight } from '@mantine/spotlight'
import { IconPlayerPlay, IconSearch, IconSitemap } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { runRoutes, workflowRoutes } from '../../src-shared/contract/index.ts'
import { PROJECT, useAsk } from '../api/index.ts'
import { type Command, useAllCommands } from './commands.ts'
import { keysInWords } from './keys.ts'

export const openPalette = (): void => spotlight.open()

/** Workflows and runs that are offered beside the commands. */
const FOUND = 6

const GROUPS: readonly Command['group'][] = ['Here', 'Create', 'Go to', 'Weir']

/** Finds commands, workflows and runs by what is typed. */
export function Palette() {
  const [query, setQuery] = useState('')
  const [isOpen, setOpen] = useState(false)
  const commands = useAllCommands()
  const found = useFound(query, isOpen)
  const groups: SpotlightActionGroupData[] = GROUPS.map((group) => ({
    group,
    actions: commands
      .filter((one) => one.group === group)
      .map(({ id, title, icon: Icon, keys, words, run }) => ({
        id,
        label: title,
        onClick: run,
        leftSection: Icon === undefined ? null : <Icon size={16} stroke={1.5} />,
        ...(words === undefined ? {} : { keywords: words }),
        ...(keys === undefined ? {} : { rightSection: <kbd className="dim">{keysInWords(keys)}</kbd> }),
      })),
  })).filter(({ actions }) => actions.length > 0)
  return (
    <Spotlight
      actions={[...groups, ...found]}
      query={query}
      onQueryChange={setQuery}
      onSpotlightOpen={() => setOpen(true)}
      onSpotlightClose={() => setOpen(false)}
      shortcut={null}
      highlightQuery
      scrollable
      maxHeight={420}
      attributes={{ content: { 'aria-label': 'Search or run a command' } }}
      nothingFound="Nothing has that name."
      searchProps={{
        leftSection: <IconSearch size={16} stroke={1.5} />,
        placeholder: 'A command, a workflow, a run',
        'aria-label': 'Search or run a command',
      }}
    />
  )
}

function useFound(query: string, isOpen: boolean): SpotlightActionGroupData[] {
  const navigate = useNavigate()
  const search = query.trim()
  const enabled = isOpen && search.length > 0
  const asked = { params: { project: PROJECT }, query: { search, limit: FOUND } }
  const workflows = useAsk(workflowRoutes.list, asked, { enabled })
  const runs = useAsk(runRoutes.list, asked, { enabled })
  if (!enabled) return []
  return [
    {
      group: 'Workflows',
      actions: (workflows.data?.items ?? []).map(({ name, description }) => ({
        id: `workflow:${name}`,
        label: name,
        ...(description === null ? {} : { description }),
        // The engine has searched already.
        keywords: search,
        leftSection: <IconSitemap size={16} stroke={1.5} />,
        onClick: () => void navigate({ to: '/workflows/$workflow', params: { workflow: name } }),
      })),
    },
    {
      group: 'Runs',
      actions: (runs.data?.items ?? []).map(({ id, workflow, status }) => ({
        id: `run:${id}`,
        label: `${workflow} ${id}`,
        description: status,
        keywords: search,
        leftSection: <IconPlayerPlay size={16} stroke={1.5} />,
        onClick: () => void navigate({ to: '/runs/$run', params: { run: id } }),
      })),
    },
  ].filter(({ actions }) => actions.length > 0)
}
