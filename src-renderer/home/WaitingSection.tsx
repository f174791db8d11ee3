import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { type Question, type RunSummary, runRoutes } from '../../src-shared/contract/index.ts'
import { PROJECT, sentence, useAsk } from '../api/index.ts'
import { Failed, Loading } from '../ui/Notes.tsx'
import { Section } from '../ui/Screen.tsx'
import { RelativeTime } from '../ui/Time.tsx'
import classes from './home.module.css'

/** Loaded when somebody answers: Home is what a start waits for. */
const ApprovalForm = lazy(async () => ({
  default: (await import('../runs/run/approval/ApprovalForm.tsx')).ApprovalForm,
}))

interface WaitingSectionProps {
  /** Runs that wait for something */
  readonly runs: readonly RunSummary[]
  /** Only questions of runs that were started in it; null for all */
  readonly workspace: string | null
  readonly actions: ReactNode
}

/** Questions that are listed; the runs have all of them. */
const SHOWN = 8

/** What waits for a person, to be answered here, and what waits for something else. */
export function WaitingSection({ runs, workspace, actions }: WaitingSectionProps) {
  const { data, error, refetch } = useAsk(runRoutes.questions, {
    params: { project: PROJECT },
    query: { limit: SHOWN, ...(workspace === null ? {} : { workspace }) },
  })
  const questions = data?.items ?? []
  const asking = new Set(questions.map(({ run }) => run))
  const others = runs.filter(({ id }) => !asking.has(id))
  const hidden = (data?.total ?? 0) - questions.length
  if (error !== null && data === undefined) {
    return <Failed error={error} what="What waits for an answer could not be listed" onRetry={() => void refetch()} />
  }
  if (questions.length === 0 && others.length === 0) return null
  return (
    <Section title="Waiting" actions={actions}>
      <ul className={classes.rows} aria-label="Waiting runs">
        {questions.map((question) => (
          <AskedQuestion
            key={`${question.run}:${question.step}`}
            question={question}
            onSettled={() => void refetch()}
          />
        ))}
        {others.map((run) => (
          <WaitingRun key={run.id} run={run} />
        ))}
      </ul>
      {hidden > 0 && <p className={classes.none}>And {hidden} more questions, in their runs.</p>}
    </Section>
  )
}

interface AskedProps {
  readonly question: Question
  readonly onSettled: () => void
}

function AskedQuestion({ question, onSettled }: AskedProps) {
  const { run, step, workflow, message, form, since, by } = question
  const [isOpen, setOpen] = useState(false)
  return (
    <li className={classes.asked}>
      <div className={classes.waiting}>
        <div className={classes.waitingText}>
          <strong>{message === '' ? `${step} asks for an answer.` : sentence(message)}</strong>
          <span className="dim">
            {workflow}{' '}
            <Link to="/runs/$run" params={{ run }} search={{ step }} className={`${classes.askedRun} mono`}>
              {run}
            </Link>
            , asked <RelativeTime at={since} />
          </span>
        </div>
        <Button
          variant={isOpen ? 'default' : 'filled'}
          aria-expanded={isOpen}
          aria-label={isOpen ? `Answer ${step} of ${run} later` : `Answer ${step} of ${run}`}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? 'Later' : 'Answer'}
        </Button>
      </div>
      {isOpen && (
        <div className={classes.answer}>
          <Suspense fallback={<Loading what="the form" />}>
            <ApprovalForm
              run={run}
              step={step}
              approval={{ message, form }}
              hasMessage={false}
              isInput={by !== undefined}
              onSettled={onSettled}
            />
          </Suspense>
        </div>
      )}
    </li>
  )
}

function WaitingRun({ run }: { readonly run: RunSummary }) {
  const why = useAsk(runRoutes.why, { params: { project: PROJECT, run: run.id }, query: {} })
  const text = why.data?.summary
  return (
    <li className={classes.waiting}>
      <div className={classes.waitingText}>
        <strong>{text === undefined ? run.workflow : sentence(text)}</strong>
        <span className="dim">
          {run.workflow} <span className="mono">{run.id}</span>, started <RelativeTime at={run.createdAt} />
        </span>
      </div>
      <Button variant="default" renderRoot={(props) => <Link to="/runs/$run" params={{ run: run.id }} {...props} />}>
        Show
      </Button>
    </li>
  )
}
