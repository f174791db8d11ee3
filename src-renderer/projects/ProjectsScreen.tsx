import { Button, FileButton, Menu, Switch } from '@mantine/core'
import {
  IconArchive,
  IconArchiveOff,
  IconPackageExport,
  IconPackageImport,
  IconPencil,
  IconPlus,
  IconTrash,
} from '@tabler/icons-react'
import { useMemo, useRef } from 'react'
import { type Project, projectRoutes } from '../../src-shared/contract/index.ts'
import { DEFAULT_PROJECT, PROJECT, switchProject, useAsk } from '../api/index.ts'
import { formatCount } from '../ui/format.ts'
import { MoreMenu } from '../ui/MoreMenu.tsx'
import { Failed } from '../ui/Notes.tsx'
import { usePersisted } from '../ui/persisted.ts'
import { Screen } from '../ui/Screen.tsx'
import { RelativeTime } from '../ui/Time.tsx'
import { type Column, DataTable } from '../ui/table/index.ts'
import {
  deleteProject,
  exportProject,
  importProject,
  openNewProject,
  openProjectSettings,
  setArchived,
} from './actions.tsx'
import classes from './projects.module.css'
import { ArchiveDrop } from './transfer/ArchiveDrop.tsx'

const ICON = { size: 16, stroke: 1.5 } as const
/** Runs begin and end in all of them, and no event tells of a project that is not watched. */
const REFRESH_MS = 10_000

/** Every project of this engine. */
export function ProjectsScreen() {
  const [withArchived, setWithArchived] = usePersisted('projects.archived', false)
  const query = { archived: withArchived ? 'true' : 'false' } as const
  const list = useAsk(projectRoutes.list, { query }, { refetchInterval: REFRESH_MS })
  const rows = useMemo(() => list.data?.items ?? [], [list.data])
  return (
    <Screen
      title="Projects"
      filters={
        <Switch
          size="xs"
          label="Show archived"
          checked={withArchived}
          onChange={(event) => setWithArchived(event.currentTarget.checked)}
        />
      }
      actions={
        <>
          <ImportButton />
          <Button leftSection={<IconPlus {...ICON} />} onClick={openNewProject}>
            New project
          </Button>
        </>
      }
    >
      {list.error !== null && rows.length === 0 ? (
        <Failed error={list.error} what="The projects could not be listed" onRetry={() => void list.refetch()} />
      ) : (
        <ArchiveDrop onFile={importProject}>
          <DataTable
            name="projects"
            label="Projects"
            columns={columns}
            rows={rows}
            keyOf={nameOf}
            onOpen={show}
            card={cardOf}
            isLoading={list.isPending}
            empty={null}
          />
        </ArchiveDrop>
      )}
    </Screen>
  )
}

function ImportButton() {
  const reset = useRef<() => void>(null)
  const onChange = (file: File | null): void => {
    if (file === null) return
    importProject(file)
    // So that the same file can be chosen again.
    reset.current?.()
  }
  return (
    <FileButton accept=".gz,.tgz,application/gzip" resetRef={reset} onChange={onChange}>
      {(props) => (
        <Button {...props} variant="default" leftSection={<IconPackageImport {...ICON} />}>
          Import
        </Button>
      )}
    </FileButton>
  )
}

const nameOf = ({ name }: Project): string => name
const show = ({ name }: Project): void => {
  if (name !== PROJECT) switchProject(name)
}

const columns: readonly Column<Project>[] = [
  { id: 'name', title: 'Project', width: 240, isKey: true, sortBy: nameOf, cell: (row) => <Name project={row} /> },
  {
    id: 'description',
    title: 'What it is for',
    width: 280,
    grows: true,
    cell: ({ description }) => <span className="dim truncate">{description}</span>,
  },
  {
    id: 'runs',
    title: 'Active runs',
    width: 110,
    align: 'right',
    sortBy: ({ activeRuns }) => activeRuns,
    cell: ({ activeRuns }) => <span className="tabular">{activeRuns === 0 ? '' : formatCount(activeRuns)}</span>,
  },
  {
    id: 'created',
    title: 'Made',
    width: 130,
    sortBy: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
  {
    id: 'actions',
    title: 'What can be done',
    hidesTitle: true,
    width: 48,
    isKey: true,
    cell: (row) => <More project={row} />,
  },
]

function Name({ project: { name, archivedAt, state } }: { readonly project: Project }) {
  return (
    <>
      <span className={`${classes.name} truncate`}>{name}</span>
      {name === PROJECT && <span className={classes.mark}>shown here</span>}
      {archivedAt !== null && <span className={classes.mark}>archived</span>}
      {state === 'failed' && (
        <span className={classes.mark} data-failed>
          cannot be used
        </span>
      )}
    </>
  )
}

function cardOf(project: Project) {
  return (
    <div className={classes.card}>
      <div className={classes.cardHead}>
        <Name project={project} />
        <More project={project} />
      </div>
      <span className="dim truncate">{project.description === '' ? 'No description' : project.description}</span>
    </div>
  )
}

function More({ project }: { readonly project: Project }) {
  const { name, archivedAt } = project
  const isFixed = name === DEFAULT_PROJECT
  return (
    <MoreMenu name={name} width={220}>
      <Menu.Item leftSection={<IconPencil {...ICON} />} onClick={() => openProjectSettings(project)}>
        {isFixed ? 'Describe' : 'Rename or describe'}
      </Menu.Item>
      <Menu.Item leftSection={<IconPackageExport {...ICON} />} onClick={() => exportProject(project)}>
        Export
      </Menu.Item>
      {!isFixed && archivedAt === null && (
        <Menu.Item leftSection={<IconArchive {...ICON} />} onClick={() => void setArchived(project, true)}>
          Archive
        </Menu.Item>
      )}
      {archivedAt !== null && (
        <Menu.Item leftSection={<IconArchiveOff {...ICON} />} onClick={() => void setArchived(project, false)}>
          Take back into use
        </Menu.Item>
      )}
      {!isFixed && (
        <Menu.Item leftSection={<IconTrash {...ICON} />} onClick={() => deleteProject(project)}>
          Delete
        </Menu.Item>
      )}
    </MoreMenu>
  )
}
