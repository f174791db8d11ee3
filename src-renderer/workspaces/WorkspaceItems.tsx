import { Menu } from '@mantine/core'
import {
  IconArchive,
  IconArchiveOff,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlus,
  IconTrash,
} from '@tabler/icons-react'
import type { Workspace } from '../../src-shared/contract/index.ts'
import { deleteWorkspace, openNewWorkspace, openWorkspaceSettings, setArchived, setPaused } from './actions.tsx'

const ICON = { size: 16, stroke: 1.5 } as const

interface WorkspaceItemsProps {
  readonly workspace: Workspace
  /** Where another item of the menu makes workspaces */
  readonly isShort?: boolean
}

/** What can be done with a workspace, as items of a menu. */
export function WorkspaceItems({ workspace, isShort = false }: WorkspaceItemsProps) {
  const { base, paused, state } = workspace
  const isArchived = state === 'archived'
  const isMain = base === null
  return (
    <>
      {!isArchived && !isShort && (
        <Menu.Item leftSection={<IconPlus {...ICON} />} onClick={() => openNewWorkspace(workspace.name)}>
          New workspace below it
        </Menu.Item>
      )}
      {!isMain && (
        <Menu.Item leftSection={<IconPencil {...ICON} />} onClick={() => openWorkspaceSettings(workspace)}>
          Rename or change its base
        </Menu.Item>
      )}
      {!isArchived && (
        <Menu.Item
          leftSection={paused ? <IconPlayerPlay {...ICON} /> : <IconPlayerPause {...ICON} />}
          onClick={() => void setPaused(workspace, !paused)}
        >
          {paused ? 'Go on' : 'Pause'}
        </Menu.Item>
      )}
      {!isMain && (
        <Menu.Item
          leftSection={isArchived ? <IconArchiveOff {...ICON} /> : <IconArchive {...ICON} />}
          onClick={() => void setArchived(workspace, !isArchived)}
        >
          {isArchived ? 'Take back into use' : 'Archive'}
        </Menu.Item>
      )}
      {!isMain && (
        <Menu.Item leftSection={<IconTrash {...ICON} />} onClick={() => void deleteWorkspace(workspace)}>
          Delete
        </Menu.Item>
      )}
    </>
  )
}
