import { Kbd } from '@mantine/core'
import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData, spotlight } from '@mantine/spotlight'
import { IconPlayerPlay, IconSearch, IconSitemap } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { runRoutes, workflowRoutes } from '../../src-shared/contract/index.ts'
import { PROJECT, useAsk } from '../api/index.ts'
import { formatRelative } from '../ui/format.ts'
import { statusLooks } from '../ui/status.ts'
import { type Command, useAllCommands } from './commands.ts'
import { keysInWords } from './keys.ts'
import classes from './Palette.module.css'
import { filtered, namesIn } from './palette-filter.ts'

export const openPalette = (): void => spotlight.open()

/** The command that opens this list has no place in it. */
export const PALETTE = 'palette'

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
      .filter((one) => one.group === group && one.id !== PALETTE)
      .map(({ id, title, icon: Icon, keys, words, run }) => ({
        id,
        label: title,
        onClick: run,
        leftSection: Icon === undefined ? null : <Icon size={16} stroke={1.5} />,
        ...(words === undefined ? {} : { keywords: words }),
        ...(keys === undefined ? {} : { rightSection: <Kbd size="xs">{keysInWords(keys)}</Kbd> }),
      })),
  })).filter(({ actions }) => actions.length > 0)
  return (
    <Spotlight
      actions={[...groups, ...found]}
      query={query}
      onQueryChange={setQuery}
      onSpotlightOpen={() => setOpen(true)}
      onSpotlightClose={() => setOpen(false)}
      filter={(text, actions) => filtered(actions.filter(isGroup), text)}
      shortcut={null}
      highlightQuery
      scrollable
      maxHeight={420}
      centered={false}
      overlayProps={{ backgroundOpacity: 0.35, blur: 0 }}
      classNames={{
        inner: classes.inner ?? '',
        content: classes.content ?? '',
        search: classes.search ?? '',
        actionsList: classes.list ?? '',
        actionsGroup: classes.group ?? '',
        action: classes.action ?? '',
        actionDescription: classes.description ?? '',
        actionSection: classes.section ?? '',
      }}
      styles={{ body: { padding: 0 } }}
      attributes={{ content: { 'aria-label': 'Search or run a command' } }}
      nothingFound="Nothing has that name."
      searchProps={{
        leftSection: <IconSearch size={16} stroke={1.5} />,
        size: 'md',
        placeholder: 'A command, a workflow, a run',
        'aria-label': 'Search or run a command',
      }}
    />
  )
}

const isGroup = (one: SpotlightActionGroupData | SpotlightActionData): one is SpotlightActionGroupData =>
  'actions' in one

function useFound(query: string, isOpen: boolean): SpotlightActionGroupData[] {
  const navigate = useNavigate()
  const search = namesIn(query)
  const enabled = isOpen && query.trim() !== ''
  const asked = { params: { project: PROJECT }, query: search === '' ? { limit: FOUND } : { search, limit: FOUND } }
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
        keywords: `${search} workflow open`,
        leftSection: <IconSitemap size={16} stroke={1.5} />,
        onClick: () => void navigate({ to: '/workflows/$workflow', params: { workflow: name } }),
      })),
    },
    {
      group: 'Runs',
      actions: (runs.data?.items ?? []).map(({ id, workflow, status, createdAt, finishedAt }) => ({
        id: `run:${id}`,
        label: `${workflow} ${id}`,
        description: `${statusLooks[status].word}, ${formatRelative(Date.parse(finishedAt ?? createdAt), Date.now())}`,
        keywords: `${search} run open`,
        leftSection: <IconPlayerPlay size={16} stroke={1.5} />,
        onClick: () => void navigate({ to: '/runs/$run', params: { run: id } }),
      })),
    },
  ].filter(({ actions }) => actions.length > 0)
}
