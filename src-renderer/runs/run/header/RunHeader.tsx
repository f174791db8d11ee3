import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core'
import {
  IconChevronDown,
  IconCopy,
  IconDots,
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
  const { version } = useHead()
  const { newest } = actions
  return (
    <>
      {actions.canCancel && (
        <Tooltip label={keysInWords('alt+c')}>
          <Button variant="default" leftSection={<IconPlayerStop size={16} stroke={1.5} />} onClick={actions.cancel}>
            Cancel
          </Button>
        </Tooltip>
      )}
      {actions.canRerun && <RerunMenu actions={actions} step={step} />}
      {typeof newest === 'number' && (
        <Tooltip
          label={`A new run with the same parameters${newest === version ? '' : `; this one is version ${version}`}  ${keysInWords('alt+n')}`}
        >
          <Button
            variant={actions.canRerun && newest !== version ? 'filled' : 'default'}
            leftSection={<IconPlayerPlay size={16} stroke={1.5} />}
            onClick={actions.startNewest}
            className={classes.wide}
          >
            Run again with version {newest}
          </Button>
        </Tooltip>
      )}
      <MoreMenu actions={actions} />
    </>
  )
}

function RerunMenu({ actions, step }: ActionsProps) {
  const { version } = useHead()
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} stroke={1.5} />}
          rightSection={<IconChevronDown size={14} />}
        >
          Re-run
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>In this run, with version {version}</Menu.Label>
        {actions.hasFailed && (
          <Menu.Item
            leftSection={<IconRefresh size={16} stroke={1.5} />}
            rightSection={<span className="dim">{keysInWords('alt+r')}</span>}
            onClick={() => actions.rerun('failed')}
          >
            Re-run what failed
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={<IconRefresh size={16} stroke={1.5} />}
          rightSection={step === undefined ? undefined : <span className="dim">{keysInWords('alt+f')}</span>}
          disabled={step === undefined}
          onClick={() => step !== undefined && actions.rerun(step)}
        >
          {step === undefined ? 'Re-run from a step: select one first' : `Re-run from ${step}`}
        </Menu.Item>
        <Menu.Item leftSection={<IconRotateClockwise size={16} stroke={1.5} />} onClick={() => actions.rerun('start')}>
          Re-run everything
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function MoreMenu({ actions }: { readonly actions: RunActions }) {
  const { newest } = actions
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
        {typeof newest === 'number' && (
          <Menu.Item
            className={classes.narrow}
            leftSection={<IconPlayerPlay size={16} stroke={1.5} />}
            onClick={actions.startNewest}
          >
            Run again with version {newest}
          </Menu.Item>
        )}
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
