import { Menu } from '@mantine/core'
import { IconCheck, IconChevronDown, IconFolders, IconPlus } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { projectRoutes } from '../../src-shared/contract/index.ts'
import { DEFAULT_PROJECT, PROJECT, switchProject, useAsk, useConnection } from '../api/index.ts'
import { openNewProject } from './actions.tsx'
import classes from './projects.module.css'

const ICON = { size: 16, stroke: 1.5 } as const

/** How often an open menu looks whether there are other projects by now. */
const LOOK_MS = 2_000

/** The project that this window shows, and the others. */
export function ProjectMenu() {
  const isReady = useConnection((store) => store.connection.phase === 'ready')
  const navigate = useNavigate()
  const [isOpen, setOpen] = useState(false)
  const list = useAsk(
    projectRoutes.list,
    { query: { archived: 'true' } },
    { enabled: isReady, refetchInterval: isOpen && LOOK_MS },
  )
  const all = list.data?.items ?? []
  const isGone = list.isSuccess && !list.isPlaceholderData && !all.some(({ name }) => name === PROJECT)
  useEffect(() => {
    // Deleted or renamed elsewhere. The default is always there.
    if (isGone) switchProject(DEFAULT_PROJECT)
  }, [isGone])
  return (
    <Menu position="bottom-start" width={260} onChange={setOpen} onOpen={() => void list.refetch()}>
      <Menu.Target>
        <button type="button" className={classes.project} aria-label={`Project ${PROJECT}`}>
          <span className="truncate">{PROJECT}</span>
          <IconChevronDown size={14} aria-hidden className="dim" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Project</Menu.Label>
        {all
          .filter(({ name, archivedAt }) => archivedAt === null || name === PROJECT)
          .map(({ name, description }) => (
            <Menu.Item
              key={name}
              leftSection={name === PROJECT ? <IconCheck {...ICON} /> : <span className={classes.noIcon} />}
              onClick={() => name !== PROJECT && switchProject(name)}
              aria-current={name === PROJECT || undefined}
            >
              <span className="truncate">{name}</span>
              {description !== '' && <span className={`${classes.about} truncate`}>{description}</span>}
            </Menu.Item>
          ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconPlus {...ICON} />} onClick={openNewProject}>
          New project
        </Menu.Item>
        <Menu.Item leftSection={<IconFolders {...ICON} />} onClick={() => void navigate({ to: '/projects' })}>
          All projects
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
