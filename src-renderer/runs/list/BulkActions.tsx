import { Button, Menu } from '@mantine/core'
import { IconChevronDown, IconPlayerStop, IconRefresh, IconTrash } from '@tabler/icons-react'
import type { RunSummary } from '../../../src-shared/contract/index.ts'
import { cancelRuns, deleteRuns, rerunRuns } from './bulk.tsx'
import { isActive } from './filter.ts'

interface BulkActionsProps {
  readonly runs: readonly RunSummary[]
  readonly onDone: () => void
}

/** What can be done with chosen runs; only what fits at least one of them can be pressed. */
export function BulkActions({ runs, onDone }: BulkActionsProps) {
  const active = runs.filter(isActive).length
  const ended = runs.length - active
  const unsuccessful = runs.filter((run) => !isActive(run) && run.status !== 'succeeded').length
  const act = (doing: Promise<boolean>): void => void doing.then((isDone) => isDone && onDone())
  const small = { variant: 'default', size: 'compact-sm', h: 26 } as const
  return (
    <>
      <Button
        {...small}
        disabled={active === 0}
        leftSection={<IconPlayerStop size={14} stroke={1.5} />}
        onClick={() => act(cancelRuns(runs))}
      >
        Cancel
      </Button>
      <Menu>
        <Menu.Target>
          <Button
            {...small}
            disabled={ended === 0}
            leftSection={<IconRefresh size={14} stroke={1.5} />}
            rightSection={<IconChevronDown size={13} />}
          >
            Run again
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item disabled={unsuccessful === 0} onClick={() => act(rerunRuns(runs, 'failed'))}>
            What failed, in the same run
          </Menu.Item>
          <Menu.Item onClick={() => act(rerunRuns(runs, 'start'))}>Everything, in the same run</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Button
        {...small}
        disabled={ended === 0}
        leftSection={<IconTrash size={14} stroke={1.5} />}
        onClick={() => act(deleteRuns(runs))}
      >
        Delete
      </Button>
    </>
  )
}
