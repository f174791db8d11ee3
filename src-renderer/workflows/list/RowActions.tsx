import { ActionIcon, Menu, Tooltip } from '@mantine/core'
import {
  IconCopy,
  IconDownload,
  IconFileZip,
  IconHistory,
  IconList,
  IconPencil,
  IconPlayerPlay,
  IconTrash,
} from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { WorkflowSummary } from '../../../src-shared/contract/index.ts'
import { MoreMenu } from '../../ui/MoreMenu.tsx'
import { sayFailed } from '../../ui/say.ts'
import { exportTar, exportYaml } from '../export/export.ts'
import { openStartRun } from '../start-run/index.ts'
import { deleteWorkflows, duplicate } from './actions.tsx'
import classes from './list.module.css'
import { openVersions } from './Versions.tsx'

const ICON = { size: 16, stroke: 1.5 } as const

/** Runs a workflow, and all else that can be done with it. */
export function RowActions({ workflow }: { readonly workflow: WorkflowSummary }) {
  const { name } = workflow
  const navigate = useNavigate()
  const [isStarting, setStarting] = useState(false)
  const start = async (): Promise<void> => {
    setStarting(true)
    const run = await openStartRun({ workflow: name })
    setStarting(false)
    if (run !== null) await navigate({ to: '/runs/$run', params: { run } })
  }
  return (
    <span className={classes.rowActions}>
      <Tooltip label="Run">
        <ActionIcon aria-label={`Run ${name}`} loading={isStarting} onClick={() => void start()}>
          <IconPlayerPlay {...ICON} />
        </ActionIcon>
      </Tooltip>
      <MoreMenu name={name} width={250}>
        <EditItems name={name} isCode={workflow.code !== null} />
        <Menu.Divider />
        <ExportItems name={name} />
        <Menu.Divider />
        <Menu.Item leftSection={<IconTrash {...ICON} />} onClick={() => void deleteWorkflows([workflow])}>
          Delete
        </Menu.Item>
      </MoreMenu>
    </span>
  )
}

function EditItems({ name, isCode }: { readonly name: string; readonly isCode: boolean }) {
  const navigate = useNavigate()
  const open = (version?: number): void =>
    void navigate({
      to: '/workflows/$workflow',
      params: { workflow: name },
      search: version === undefined ? {} : { version },
    })
  const showRun = (run: string): void => void navigate({ to: '/runs/$run', params: { run } })
  const copy = async (): Promise<void> => {
    const draft = await duplicate(name)
    await navigate({ to: '/drafts/$draft', params: { draft } })
  }
  return (
    <>
      <Menu.Item leftSection={<IconPencil {...ICON} />} onClick={() => open()}>
        {isCode ? 'Open' : 'Edit'}
      </Menu.Item>
      <Menu.Item
        leftSection={<IconList {...ICON} />}
        onClick={() => void navigate({ to: '/runs', search: { workflow: name } })}
      >
        Show its runs
      </Menu.Item>
      <Menu.Item
        leftSection={<IconHistory {...ICON} />}
        onClick={() => openVersions({ workflow: name, onOpen: open, onStarted: showRun })}
      >
        Versions
      </Menu.Item>
      <Menu.Item leftSection={<IconCopy {...ICON} />} onClick={() => attempt(`${name} could not be duplicated`, copy)}>
        Duplicate
      </Menu.Item>
    </>
  )
}

function ExportItems({ name }: { readonly name: string }) {
  const failed = `${name} could not be exported`
  return (
    <>
      <Menu.Item leftSection={<IconDownload {...ICON} />} onClick={() => attempt(failed, () => exportYaml(name))}>
        Export the YAML alone
      </Menu.Item>
      <Menu.Item leftSection={<IconFileZip {...ICON} />} onClick={() => attempt(failed, () => exportTar(name))}>
        Export with its files (.tar)
      </Menu.Item>
    </>
  )
}

const attempt = (failed: string, act: () => Promise<void>): void =>
  void act().catch((error: unknown) => sayFailed(failed, error))
