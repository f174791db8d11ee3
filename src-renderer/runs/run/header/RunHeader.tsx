import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core'
import {
  IconChevronDown,
  IconCopy,
  IconDots,
  IconFolder,
  IconPlayerPlay,
  IconPlayerStop,
  IconRefresh,
  IconRotateClockwise,
  IconTrash,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { rerunWords } from '../../../../src-shared/runs/index.ts'
import { keysInWords } from '../../../app/keys.ts'
import { RunTime } from '../../../ui/RunTime.tsx'
import { Status } from '../../../ui/Status.tsx'
import { useHead } from '../data/run-store.ts'
import classes from './header.module.css'
import type { RunActions } from './use-run-actions.ts'

/** The workflow's name, which leads to it. */
export function RunTitle() {
  const { workflow } = useHead()
  return (
    <Link to="/workflows/$workflow" params={{ workflow }} className={classes.title}>
      {workflow}
    </Link>
  )
}

export function RunState() {
  const head = useHead()
  return (
    <>
      <Status status={head.status} size={16} />
      <span className={classes.duration}>
        <RunTime run={head} />
        {head.reruns > 0 && <span className={classes.reruns}>{rerunWords(head.reruns)}</span>}
      </span>
    </>
  )
}

interface ActionsProps {
  readonly actions: RunActions
  readonly step: string | undefined
}

export function RunButtons({ actions, step }: ActionsProps) {
  return (
    <>
      {actions.canCancel && (
        <Tooltip label={keysInWords('alt+c')}>
          <Button variant="default" leftSection={<IconPlayerStop size={16} stroke={1.5} />} onClick={actions.cancel}>
            Cancel
          </Button>
        </Tooltip>
      )}
      {(actions.canRerun || typeof actions.newest === 'number') && <AgainMenu actions={actions} step={step} />}
      <MoreMenu actions={actions} />
    </>
  )
}

/**
 * What can run again, and where. A menu also for one thing: it stands where the button that started this run was, so that
 * the second click of a double click must not start another.
 */
function AgainMenu({ actions, step }: ActionsProps) {
  const { version } = useHead()
  const { newest } = actions
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} stroke={1.5} />}
          rightSection={<IconChevronDown size={14} />}
        >
          Run again
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {actions.canRerun && (
          <>
            <Menu.Label>In this run, with version {version}</Menu.Label>
            {actions.hasFailed && (
              <Menu.Item
                leftSection={<IconRefresh size={16} stroke={1.5} />}
                rightSection={<span className="dim">{keysInWords('alt+r')}</span>}
                onClick={() => actions.rerun('failed')}
              >
                Run the failed steps again
              </Menu.Item>
            )}
            {step !== undefined && (
              <Menu.Item
                leftSection={<IconRefresh size={16} stroke={1.5} />}
                rightSection={<span className="dim">{keysInWords('alt+f')}</span>}
                onClick={() => actions.rerun(step)}
              >
                Run again from {step}
              </Menu.Item>
            )}
            <Menu.Item
              leftSection={<IconRotateClockwise size={16} stroke={1.5} />}
              onClick={() => actions.rerun('start')}
            >
              Run everything again in this run
            </Menu.Item>
            {actions.hasWorkspaces && (
              <Menu.Item
                leftSection={<IconFolder size={16} stroke={1.5} />}
                onClick={() => actions.rerunElsewhere(step)}
              >
                Run again in a workspace…
              </Menu.Item>
            )}
          </>
        )}
        {typeof newest === 'number' && <OwnRunItems actions={actions} newest={newest} />}
      </Menu.Dropdown>
    </Menu>
  )
}

function OwnRunItems({ actions, newest }: { readonly actions: RunActions; readonly newest: number }) {
  return (
    <>
      <Menu.Label>A run of its own, with version {newest}</Menu.Label>
      {actions.canRerun && (
        <Menu.Item leftSection={<IconPlayerPlay size={16} stroke={1.5} />} onClick={actions.startKeeping}>
          New run that keeps what succeeded here
        </Menu.Item>
      )}
      <Menu.Item
        leftSection={<IconPlayerPlay size={16} stroke={1.5} />}
        rightSection={<span className="dim">{keysInWords('alt+n')}</span>}
        onClick={actions.startNewest}
      >
        New run with the same parameters…
      </Menu.Item>
    </>
  )
}

function MoreMenu({ actions }: { readonly actions: RunActions }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Tooltip label="More">
          <ActionIcon size={32} aria-label="More that can be done with this run">
            <IconDots size={18} stroke={1.5} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconCopy size={16} stroke={1.5} />} onClick={actions.copyId}>
          Copy identifier
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconTrash size={16} stroke={1.5} />}
          disabled={!actions.canRerun}
          onClick={actions.remove}
        >
          {actions.canRerun ? 'Delete run' : 'Delete run: cancel it first'}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
