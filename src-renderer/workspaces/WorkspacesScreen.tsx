import { Button, Switch } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useMemo } from 'react'
import { type Workspace, workspaceRoutes } from '../../src-shared/contract/index.ts'
import { chooseWorkspace, PROJECT, useChosenWorkspace, useLiveRefresh } from '../api/index.ts'
import { formatCount } from '../ui/format.ts'
import { MoreMenu } from '../ui/MoreMenu.tsx'
import { Failed } from '../ui/Notes.tsx'
import { usePersisted } from '../ui/persisted.ts'
import { Screen } from '../ui/Screen.tsx'
import { RelativeTime } from '../ui/Time.tsx'
import { type Column, DataTable } from '../ui/table/index.ts'
import { openNewWorkspace } from './actions.tsx'
import { useWorkspaces } from './use-workspaces.ts'
import { WorkspaceItems } from './WorkspaceItems.tsx'
import { State } from './WorkspaceMenu.tsx'
import classes from './workspaces.module.css'

const LIVE = [workspaceRoutes.list]
/** px for each workspace above */
const INDENT = 20

/** The workspaces of the project, as a tree. */
export function WorkspacesScreen() {
  useLiveRefresh(LIVE)
  const [withArchived, setWithArchived] = usePersisted('workspaces.archived', false)
  const list = useWorkspaces()
  const rows = useMemo(
    () => list.all.filter(({ state }) => withArchived || state !== 'archived'),
    [list.all, withArchived],
  )
  return (
    <Screen
      title="Workspaces"
      facts={<span className="dim">of the project {PROJECT}</span>}
      filters={
        <Switch
          size="xs"
          label="Show archived"
          checked={withArchived}
          onChange={(event) => setWithArchived(event.currentTarget.checked)}
        />
      }
      actions={
        <Button leftSection={<IconPlus size={16} stroke={1.5} />} onClick={() => openNewWorkspace()}>
          New workspace
        </Button>
      }
    >
      {list.error !== null && rows.length === 0 ? (
        <Failed error={list.error} what="The workspaces could not be listed" onRetry={() => void list.refetch()} />
      ) : (
        <DataTable
          name="workspaces"
          label="Workspaces"
          columns={columns}
          rows={rows}
          keyOf={idOf}
          onOpen={show}
          card={cardOf}
          isLoading={list.isPending}
          empty={null}
        />
      )}
    </Screen>
  )
}

const idOf = ({ id }: Workspace): string => id
const show = ({ name }: Workspace): void => chooseWorkspace(name)

/** Without an order of their own: they stand as the tree has them. */
const columns: readonly Column<Workspace>[] = [
  {
    id: 'name',
    title: 'Workspace',
    width: 300,
    grows: true,
    isKey: true,
    cell: (row) => <Name workspace={row} isIndented />,
  },
  {
    id: 'base',
    title: 'Base',
    width: 200,
    cell: ({ base }) => <span className="dim truncate">{base ?? ''}</span>,
  },
  {
    id: 'runs',
    title: 'Active runs',
    width: 110,
    align: 'right',
    cell: ({ activeRuns }) => <span className="tabular">{activeRuns === 0 ? '' : formatCount(activeRuns)}</span>,
  },
  { id: 'created', title: 'Made', width: 130, cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
  {
    id: 'actions',
    title: 'What can be done',
    hidesTitle: true,
    width: 48,
    isKey: true,
    cell: (row) => <More workspace={row} />,
  },
]

function Name({ workspace, isIndented = false }: { readonly workspace: Workspace; readonly isIndented?: boolean }) {
  const chosen = useChosenWorkspace()
  const { name, depth } = workspace
  return (
    <span className={classes.choice} style={isIndented ? { paddingLeft: depth * INDENT } : {}}>
      <span className={`${classes.name} truncate`}>{name}</span>
      {name === chosen && <span className={classes.mark}>shown here</span>}
      <State workspace={workspace} />
    </span>
  )
}

function cardOf(workspace: Workspace) {
  const { base, depth, activeRuns } = workspace
  const runs = activeRuns === 0 ? '' : `, ${formatCount(activeRuns)} active`
  return (
    <div className={classes.card} style={{ paddingLeft: depth * INDENT }}>
      <div className={classes.cardHead}>
        <Name workspace={workspace} />
        <More workspace={workspace} />
      </div>
      <span className="dim truncate">{(base === null ? 'The root of the tree' : `On ${base}`) + runs}</span>
    </div>
  )
}

function More({ workspace }: { readonly workspace: Workspace }) {
  return (
    <MoreMenu name={workspace.name} width={230}>
      <WorkspaceItems workspace={workspace} />
    </MoreMenu>
  )
}
