import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { IconCircle, IconCircleCheckFilled, IconPlayerPlay, IconPlus, IconX } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { draftRoutes, runRoutes, workflowRoutes } from '../../src-shared/contract/index.ts'
import { PROJECT, useAsk } from '../api/index.ts'
import { usePersisted } from '../ui/persisted.ts'
import { Section } from '../ui/Screen.tsx'
import { isExample, SAMPLE, useRunExample } from '../workflows/examples/index.ts'
import classes from './home.module.css'
import { type FirstStep, firstSteps, type StepId } from './steps.ts'

const LOOKED_AT = 50

/** What a new person does first; gone when it is done, or when it is put away. */
export function FirstSteps() {
  const [isAway, setAway] = usePersisted('home.first-steps-away', false)
  const steps = useSteps(!isAway)
  if (isAway || steps === null || steps.length === 0) return null
  const next = steps.find(({ isDone }) => !isDone)?.id
  return (
    <Section
      title="First steps"
      actions={
        <Tooltip label="Put this away">
          <ActionIcon aria-label="Put the first steps away" onClick={() => setAway(true)}>
            <IconX size={16} stroke={1.5} />
          </ActionIcon>
        </Tooltip>
      }
    >
      <ol className={classes.steps}>
        {steps.map((step) => (
          <StepRow key={step.id} step={step} isNext={step.id === next} />
        ))}
      </ol>
    </Section>
  )
}

/** Null until it is known. */
function useSteps(enabled: boolean): readonly FirstStep[] | null {
  const project = { project: PROJECT }
  const workflows = useAsk(workflowRoutes.list, { params: project, query: { limit: LOOKED_AT } }, { enabled })
  const drafts = useAsk(draftRoutes.list, { params: project, query: { limit: LOOKED_AT } }, { enabled })
  const ended = useAsk(
    runRoutes.list,
    { params: project, query: { status: 'succeeded', limit: LOOKED_AT } },
    { enabled },
  )
  if (workflows.data === undefined || ended.data === undefined) return null
  const own = workflows.data.items.filter(({ name }) => !isExample(name))
  return firstSteps({
    hasSucceeded: ended.data.items.length > 0,
    hasOwn: own.length > 0 || (drafts.data?.items ?? []).some(({ workflow }) => workflow === null),
    hasRunOwn: own.some(({ lastRun }) => lastRun !== null),
  })
}

const WORDS: Record<StepId, { readonly title: string; readonly text: string }> = {
  sample: {
    title: 'Run the sample',
    text: 'Four years of weather become a report with charts, in a few seconds and without a network.',
  },
  draw: {
    title: 'Draw your own workflow',
    text: 'Put steps on a canvas and connect what one makes with what the next one needs. The text beside it follows.',
  },
  runOwn: { title: 'Run it', text: 'Watch each step, read its logs, and keep what it made.' },
}

function StepRow({ step: { id, isDone }, isNext }: { readonly step: FirstStep; readonly isNext: boolean }) {
  const { title, text } = WORDS[id]
  return (
    <li className={classes.step} data-done={isDone || undefined}>
      {isDone ? (
        <IconCircleCheckFilled size={18} className={classes.stepDone} aria-label="Done" />
      ) : (
        <IconCircle size={18} stroke={1.5} className={classes.stepOpen} aria-hidden />
      )}
      <div className={classes.stepText}>
        <strong>{title}</strong>
        {!isDone && <span className="dim">{text}</span>}
      </div>
      {!isDone && <StepAction id={id} isNext={isNext} />}
    </li>
  )
}

function StepAction({ id, isNext }: { readonly id: StepId; readonly isNext: boolean }): ReactNode {
  const navigate = useNavigate()
  const { isBusy, run } = useRunExample()
  const variant = isNext ? 'filled' : 'default'
  if (id === 'sample') {
    return (
      <Button
        variant={variant}
        loading={isBusy}
        leftSection={<IconPlayerPlay size={15} stroke={1.5} />}
        onClick={() => run(SAMPLE)}
      >
        Run the sample
      </Button>
    )
  }
  if (id === 'draw') {
    const draw = (): void => void navigate({ to: '/drafts/$draft', params: { draft: crypto.randomUUID() } })
    return (
      <Button variant={variant} leftSection={<IconPlus size={15} stroke={1.5} />} onClick={draw}>
        New workflow
      </Button>
    )
  }
  return (
    <Button variant={variant} renderRoot={(props) => <Link to="/workflows" {...props} />}>
      Show the workflows
    </Button>
  )
}
