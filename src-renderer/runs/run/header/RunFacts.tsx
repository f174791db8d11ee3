import { Tooltip } from '@mantine/core'
import {
  IconArrowUpRight,
  IconClock,
  IconFolder,
  IconGitBranch,
  IconPlayerPlay,
  IconRecycle,
  IconRefresh,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { Copyable } from '../../../ui/Copy.tsx'
import { RunProgress } from '../../../ui/RunProgress.tsx'
import { RelativeTime } from '../../../ui/Time.tsx'
import { useHasWorkspaces } from '../../../workspaces/use-workspaces.ts'
import { useHead } from '../data/run-store.ts'
import classes from './header.module.css'
import { ParamChips } from './ParamChips.tsx'

/** What does not change about a run, how far it is, and what it was started with. */
export function RunFacts() {
  const { id, workspace, workflow, version, createdAt } = useHead()
  const hasWorkspaces = useHasWorkspaces()
  return (
    <div className={classes.facts}>
      <div className={classes.line}>
        <Copyable value={id} label={`Copy the identifier ${id}`} />
        <Fact icon={IconClock} title="Created">
          <RelativeTime at={createdAt} />
        </Fact>
        <Fact icon={IconGitBranch} title="Version of the workflow, on which the run stays">
          <Link to="/workflows/$workflow" params={{ workflow }} search={{ version }} className={classes.link}>
            Version {version}
          </Link>
        </Fact>
        {hasWorkspaces && (
          <Fact icon={IconFolder} title="Environment of the project in which it was started">
            Workspace {workspace}
          </Fact>
        )}
        <Trigger />
        <Keeps />
        <Progress />
      </div>
      <ParamChips />
    </div>
  )
}

interface FactProps {
  readonly icon: typeof IconClock
  readonly title: string
  readonly children: React.ReactNode
}

function Fact({ icon: Icon, title, children }: FactProps) {
  return (
    <Tooltip label={title}>
      <span className={classes.fact}>
        <Icon size={14} stroke={1.5} aria-hidden />
        <span className="visually-hidden">{title}: </span>
        {children}
      </span>
    </Tooltip>
  )
}

function Keeps() {
  const { keep } = useHead()
  if (keep === undefined) return null
  return (
    <Fact
      icon={IconRecycle}
      title="An earlier run, from which it took over what had succeeded and was not changed since"
    >
      <Link to="/runs/$run" params={{ run: keep.run }} className={classes.link}>
        Keeps results of {keep.run}
      </Link>
    </Fact>
  )
}

function Trigger() {
  const { trigger, parent } = useHead()
  if (parent !== null) {
    return (
      <Fact icon={IconArrowUpRight} title="Started by a step of another run">
        <Link to="/runs/$run" params={{ run: parent.run }} search={{ step: parent.step }} className={classes.link}>
          {parent.step} of {parent.run}
        </Link>
      </Fact>
    )
  }
  if (trigger === 'rerun') {
    return (
      <Fact icon={IconRefresh} title="Why it was started">
        Run again
      </Fact>
    )
  }
  return (
    <Fact icon={IconPlayerPlay} title="Why it was started">
      Started by hand
    </Fact>
  )
}

function Progress() {
  const { counts, status } = useHead()
  return (
    <div className={classes.progress}>
      <RunProgress counts={counts} status={status} isWide />
    </div>
  )
}
