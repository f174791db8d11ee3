import { Button } from '@mantine/core'
import { IconAlertTriangleFilled, IconClockHour4, IconPlayerPauseFilled, IconPlugConnectedX } from '@tabler/icons-react'
import { type ReactNode, useMemo } from 'react'
import { type RunStep, runRoutes } from '../../../../src-shared/contract/index.ts'
import { complaintOf, PROJECT, sentence, useAsk } from '../../../api/index.ts'
import { CopyButton } from '../../../ui/Copy.tsx'
import { plural } from '../../../ui/format.ts'
import { useHead, useRunState } from '../data/run-store.ts'
import { usePoke } from '../data/use-run-feed.ts'
import type { Place } from '../place.ts'
import classes from './notices.module.css'
import { firstFailed } from './use-first-failed.ts'

/** What needs a person, or explains the run as a whole, above everything else. */
export function RunNotices({ place }: { readonly place: Place }) {
  const { status } = useHead()
  return (
    <>
      <StaleNotice />
      {status === 'queued' && <QueuedNotice />}
      {status === 'failed' && <FailedNotice place={place} />}
      {status === 'cancelled' && <CancelledNotice />}
      <ApprovalNotice place={place} />
    </>
  )
}

/** More approvals than that are named by their number. */
const NAMED = 3

function ApprovalNotice({ place }: { readonly place: Place }) {
  const book = useRunState((state) => state.book)
  const waiting = useMemo(() => {
    const found: RunStep[] = []
    for (const step of book.byKey.values())
      if (step.approval !== undefined && step.status === 'waiting') found.push(step)
    return found
  }, [book])
  const unseen = waiting.filter(({ key }) => key !== place.step)
  if (unseen.length === 0) return null
  return (
    <>
      {unseen.slice(0, NAMED).map(({ key, approval }) => (
        <Notice
          key={key}
          tone="waiting"
          icon={<IconPlayerPauseFilled size={16} aria-hidden />}
          actions={
            <Button h={28} onClick={() => place.select(key)}>
              Answer
            </Button>
          }
        >
          <strong>{key} waits for you.</strong> {sentence(approval?.message ?? '')}
        </Notice>
      ))}
      {unseen.length > NAMED && (
        <Notice
          tone="waiting"
          icon={<IconPlayerPauseFilled size={16} aria-hidden />}
          actions={
            <Button h={28} variant="default" onClick={() => place.showTab('steps')}>
              Show the steps
            </Button>
          }
        >
          {plural(unseen.length - NAMED, 'more step waits', 'more steps wait')} for an answer.
        </Notice>
      )}
    </>
  )
}

function FailedNotice({ place }: { readonly place: Place }) {
  const { result } = useHead()
  const book = useRunState((state) => state.book)
  const first = useMemo(() => firstFailed(book), [book])
  const message = result?.error?.message ?? 'The run failed.'
  if (first !== undefined && first.key === place.step) return null
  // The advice for an exit code is to read the log, which the step shows.
  const fix = result?.error?.code === 'exit_code' || first !== undefined ? undefined : result?.error?.fix
  return (
    <Notice
      tone="failed"
      icon={<IconAlertTriangleFilled size={16} aria-hidden />}
      actions={
        <>
          {first !== undefined && (
            <Button h={28} variant="default" onClick={() => place.select(first.key)}>
              Show {first.key}
            </Button>
          )}
          <CopyButton value={message} label="Copy what happened" />
        </>
      }
    >
      {sentence(message)} {fix !== undefined && <span className="dim">{sentence(fix)}</span>}
    </Notice>
  )
}

function QueuedNotice() {
  const { id, reruns } = useHead()
  const why = useAsk(runRoutes.why, { params: { project: PROJECT, run: id }, query: {} }, { refetchInterval: 2_000 })
  if (why.data === undefined) return null
  return (
    <Notice tone="queued" icon={<IconClockHour4 size={16} aria-hidden />}>
      <strong>{reruns === 0 ? 'Not started yet.' : 'Not started again yet.'}</strong> {sentence(why.data.summary)}
    </Notice>
  )
}

function CancelledNotice() {
  const { id } = useHead()
  const why = useAsk(runRoutes.why, { params: { project: PROJECT, run: id }, query: {} })
  if (why.data === undefined) return null
  return (
    <Notice tone="queued" icon={<IconPlayerPauseFilled size={16} aria-hidden />}>
      {sentence(why.data.summary)}
    </Notice>
  )
}

/** The engine is there, but cannot answer about this run. */
function StaleNotice() {
  const error = useRunState((state) => state.error)
  const poke = usePoke()
  if (error === null) return null
  const { title, detail, fix, details } = complaintOf(error)
  return (
    <Notice
      tone="failed"
      icon={<IconPlugConnectedX size={16} aria-hidden />}
      actions={
        <>
          <Button h={28} variant="default" onClick={poke}>
            Try again
          </Button>
          <CopyButton value={`${title}\n${details}`} label="Copy details" />
        </>
      }
    >
      <strong>What you see is from before.</strong> {detail} {fix}
    </Notice>
  )
}

interface NoticeProps {
  readonly tone: 'waiting' | 'failed' | 'queued'
  readonly icon: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}

function Notice({ tone, icon, actions, children }: NoticeProps) {
  return (
    <div className={classes.notice} data-tone={tone} role="status">
      {icon}
      <div className={classes.text}>{children}</div>
      <div className={classes.actions}>{actions}</div>
    </div>
  )
}
