import { Button, Menu } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { workflowRoutes } from '../../../src-shared/contract/index.ts'
import { PROJECT, useAsk } from '../../api/index.ts'
import { useCodeWorkspace } from '../../targets/use-targets.ts'
import { openStartRun } from '../../workflows/start-run/index.ts'

/** Workflows that are offered; the others are found by their names. */
const OFFERED = 12

/** Starts a run of one of the workflows. */
export function StartMenu() {
  const navigate = useNavigate()
  const [isOpen, setOpen] = useState(false)
  const [search, setSearch] = useState('')
  const query = {
    limit: OFFERED,
    workspace: useCodeWorkspace(),
    ...(search.trim() === '' ? {} : { search: search.trim() }),
  }
  const workflows = useAsk(workflowRoutes.list, { params: { project: PROJECT }, query }, { enabled: isOpen })
  const items = workflows.data?.items ?? []
  const start = async (workflow: string): Promise<void> => {
    const run = await openStartRun({ workflow })
    if (run !== null) await navigate({ to: '/runs/$run', params: { run } })
  }
  return (
    <Menu
      position="bottom-end"
      width={280}
      opened={isOpen}
      onChange={(opened) => {
        setOpen(opened)
        setSearch('')
      }}
    >
      <Menu.Target>
        <Button leftSection={<IconPlayerPlay size={15} stroke={1.5} />}>Start a run</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(items.length >= OFFERED || search !== '') && (
          <Menu.Search
            value={search}
            onChange={({ currentTarget }) => setSearch(currentTarget.value)}
            placeholder="Search workflows"
            aria-label="Search workflows"
          />
        )}
        {items.map(({ name }) => (
          <Menu.Item key={name} onClick={() => void start(name)}>
            {name}
          </Menu.Item>
        ))}
        {workflows.isSuccess && items.length === 0 && (
          <Menu.Item component={Link} to="/workflows">
            {search === '' ? 'There is no workflow yet: make or import one' : 'No workflow has that name: show all'}
          </Menu.Item>
        )}
        {workflows.isError && <Menu.Label>The workflows could not be listed.</Menu.Label>}
      </Menu.Dropdown>
    </Menu>
  )
}
