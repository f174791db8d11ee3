import { Menu } from '@mantine/core'
import {
  IconArchive,
  IconCheck,
  IconChevronDown,
  IconFolder,
  IconPlayerPause,
  IconPlus,
  IconStack2,
} from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { type Workspace, workspaceRoutes } from '../../src-shared/contract/index.ts'
import { chooseWorkspace, MAIN_WORKSPACE, useChosenWorkspace, useLiveRefresh } from '../api/index.ts'
import { formatCount } from '../ui/format.ts'
import { usePersisted } from '../ui/persisted.ts'
import { openNewWorkspace } from './actions.tsx'
import { useWorkspaces } from './use-workspaces.ts'
import { WorkspaceItems } from './WorkspaceItems.tsx'
import classes from './workspaces.module.css'

const ICON = { size: 16, stroke: 1.5 } as const
/** How often an open menu looks whether something has changed. */
const LOOK_MS = 2_000
/** px for each workspace above */
const INDENT = 14
const LIVE = [workspaceRoutes.list]

/** The workspace that this window shows, and the tree of the others. */
export function WorkspaceMenu() {
  const chosen = useChosenWorkspace()
  const [isOpen, setOpen] = useState(false)
  const list = useWorkspaces(isOpen ? { refetchInterval: LOOK_MS } : {})
  useLiveRefresh(LIVE)
  const { all } = list
  const now = all.find(({ name }) => name === chosen)
  const isGone = list.isSuccess && chosen !== null && now === undefined
  useEffect(() => {
    // Deleted or renamed elsewhere. Main is always there.
    if (isGone) chooseWorkspace(MAIN_WORKSPACE)
  }, [isGone])
  return (
    <Menu position="bottom-start" width={290} onChange={setOpen} onOpen={() => void list.refetch()}>
      <Menu.Target>
        <button type="button" className={classes.button} aria-label={labelOf(chosen, now)}>
          {now?.state === 'paused' && <IconPlayerPause size={13} aria-hidden className={classes.paused} />}
          {now?.state === 'archived' && <IconArchive size={13} aria-hidden className="dim" />}
          <span className="truncate">
            {chosen ?? 'All'}
            {chosen === null && <span className={classes.wide}> workspaces</span>}
          </span>
          <IconChevronDown size={14} aria-hidden className="dim" />
        </button>
      </Menu.Target>
      <Menu.Dropdown className={classes.dropdown}>
        <Choices all={all} chosen={chosen} />
        {now !== undefined && (
          <>
            <Menu.Divider />
            <Menu.Label>{now.name}</Menu.Label>
            <WorkspaceItems workspace={now} isShort />
          </>
        )}
        <Rest />
      </Menu.Dropdown>
    </Menu>
  )
}

function labelOf(chosen: string | null, now: Workspace | undefined): string {
  if (chosen === null) return 'All workspaces'
  const state = now?.state ?? 'active'
  return `Workspace ${chosen}${state === 'active' ? '' : `, ${state}`}`
}

interface ChoicesProps {
  readonly all: readonly Workspace[]
  readonly chosen: string | null
}

function Choices({ all, chosen }: ChoicesProps) {
  const [withArchived, setWithArchived] = usePersisted('workspaces.archived', false)
  const hasArchived = all.some(({ state }) => state === 'archived')
  const shown = all.filter(({ name, state }) => withArchived || state !== 'archived' || name === chosen)
  return (
    <>
      <Menu.Label>Workspace</Menu.Label>
      <div className={classes.tree}>
        {shown.map((workspace) => (
          <Menu.Item
            key={workspace.id}
            leftSection={workspace.name === chosen ? <IconCheck {...ICON} /> : <span className={classes.noIcon} />}
            rightSection={<Running workspace={workspace} />}
            onClick={() => chooseWorkspace(workspace.name)}
            aria-current={workspace.name === chosen || undefined}
          >
            <span className={classes.choice} style={{ paddingLeft: workspace.depth * INDENT }}>
              <span className="truncate">{workspace.name}</span>
              <State workspace={workspace} />
            </span>
          </Menu.Item>
        ))}
      </div>
      {all.length > 1 && (
        <Menu.Item
          leftSection={chosen === null ? <IconCheck {...ICON} /> : <IconStack2 {...ICON} />}
          onClick={() => chooseWorkspace(null)}
          aria-current={chosen === null || undefined}
        >
          All workspaces
        </Menu.Item>
      )}
      {hasArchived && (
        <Menu.CheckboxItem checked={withArchived} onChange={setWithArchived} closeMenuOnClick={false}>
          Show archived
        </Menu.CheckboxItem>
      )}
    </>
  )
}

function Rest() {
  const navigate = useNavigate()
  return (
    <>
      <Menu.Divider />
      <Menu.Item leftSection={<IconPlus {...ICON} />} onClick={() => openNewWorkspace()}>
        New workspace
      </Menu.Item>
      <Menu.Item leftSection={<IconFolder {...ICON} />} onClick={() => void navigate({ to: '/workspaces' })}>
        Manage workspaces
      </Menu.Item>
    </>
  )
}

/** What is not as usual about a workspace; a shape and a word. */
export function State({ workspace: { state } }: { readonly workspace: Workspace }) {
  if (state === 'active') return null
  const Icon = state === 'paused' ? IconPlayerPause : IconArchive
  return (
    <span className={classes.state} data-state={state}>
      <Icon size={12} aria-hidden />
      {state}
    </span>
  )
}

function Running({ workspace: { activeRuns } }: { readonly workspace: Workspace }) {
  if (activeRuns === 0) return null
  return (
    <span className={`${classes.running} tabular`} title={`${formatCount(activeRuns)} runs go on`}>
      {formatCount(activeRuns)}
      <span className="visually-hidden"> active</span>
    </span>
  )
}
