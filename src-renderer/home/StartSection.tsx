import { Anchor, Button } from '@mantine/core'
import { IconPlayerPlay, IconPlus } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { type WorkflowSummary, workflowRoutes } from '../../src-shared/contract/index.ts'
import { PROJECT, useAsk, useLiveRefresh } from '../api/index.ts'
import { Section } from '../ui/Screen.tsx'
import { RelativeTime } from '../ui/Time.tsx'
import { openStartRun } from '../workflows/start-run/index.ts'
import classes from './home.module.css'
import { recentOf } from './recent.ts'

const LOOKED_AT = 50
const LIVE = [workflowRoutes.list]

/** What a person starts most days: the workflows that ran last, and a new one. */
export function StartSection() {
  useLiveRefresh(LIVE)
  const { data } = useAsk(workflowRoutes.list, { params: { project: PROJECT }, query: { limit: LOOKED_AT } })
  const recent = recentOf(data?.items ?? [])
  if (recent.length === 0) return null
  return (
    <Section
      title="Workflows"
      actions={
        <Anchor size="sm" renderRoot={(props) => <Link to="/workflows" {...props} />}>
          Show all
        </Anchor>
      }
    >
      <ul className={classes.rows} aria-label="Workflows that ran last">
        {recent.map((workflow) => (
          <WorkflowRow key={workflow.name} workflow={workflow} />
        ))}
      </ul>
    </Section>
  )
}

/** Begins a workflow of one's own. */
export function NewWorkflow() {
  const navigate = useNavigate()
  return (
    <Button
      variant="default"
      leftSection={<IconPlus size={15} stroke={1.5} />}
      onClick={() => void navigate({ to: '/drafts/$draft', params: { draft: crypto.randomUUID() } })}
    >
      New workflow
    </Button>
  )
}

function WorkflowRow({ workflow: { name, lastRun } }: { readonly workflow: WorkflowSummary }) {
  const navigate = useNavigate()
  const [isBusy, setBusy] = useState(false)
  const start = async (): Promise<void> => {
    setBusy(true)
    const run = await openStartRun({ workflow: name })
    setBusy(false)
    if (run !== null) await navigate({ to: '/runs/$run', params: { run } })
  }
  return (
    <li className={classes.start}>
      <Link to="/workflows/$workflow" params={{ workflow: name }} className={classes.row}>
        <span className={`${classes.rowName} truncate`}>{name}</span>
        {lastRun !== null && (
          <span className={classes.rowWhen}>
            <RelativeTime at={lastRun.createdAt} />
          </span>
        )}
      </Link>
      <Button
        variant="subtle"
        h={26}
        loading={isBusy}
        leftSection={<IconPlayerPlay size={14} stroke={1.5} />}
        aria-label={`Run ${name}`}
        onClick={() => void start()}
      >
        Run
      </Button>
    </li>
  )
}
