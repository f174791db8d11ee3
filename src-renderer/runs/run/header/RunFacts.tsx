import { Tooltip } from '@mantine/core'
import {
  IconArrowUpRight,
  IconClock,
  IconFolder,
  IconGitBranch,
  IconPlayerPlay,
  IconRefresh,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { Copyable } from '../../../ui/Copy.tsx'
import { formatCount, plural } from '../../../ui/format.ts'
import { RelativeTime } from '../../../ui/Time.tsx'
import { useHead } from '../data/run-store.ts'
import classes from './header.module.css'
import { ParamChips } from './ParamChips.tsx'

/** What does not change about a run, how far it is, and what it was started with. */
export function RunFacts() {
  const { id, workspace, workflow, version, createdAt } = useHead()
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
        <Fact icon={IconFolder} title="Workspace">
          {workspace}
        </Fact>
        <Trigger />
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
        Re-run
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
  const { total, done, failed, dropped } = counts
  const part = total === 0 ? 0 : done / total
  const text = `${formatCount(done)} of ${plural(total, 'step')} done`
  return (
    <div className={classes.progress} data-status={status}>
      <div
        className={classes.track}
        role="progressbar"
        aria-label="Steps that have ended"
        aria-valuenow={done}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuetext={text}
      >
        <div className={classes.bar} style={{ transform: `scaleX(${part})` }} />
      </div>
      <span className="tabular">{text}</span>
      {failed > 0 && <span className={`${classes.failed} tabular`}>{formatCount(failed)} failed</span>}
      {dropped > 0 && (
        <Tooltip label="Items that failed and were left out, as the definition allows">
          <span className={`${classes.dropped} tabular`}>{formatCount(dropped)} left out</span>
        </Tooltip>
      )}
    </div>
  )
}
