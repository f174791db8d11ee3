import { Button, CopyButton, Loader } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { type ReactNode, useEffect, useState } from 'react'
import { complaintOf } from '../api/problem.ts'
import classes from './Notes.module.css'

interface EmptyProps {
  readonly icon?: ReactNode
  readonly title: string
  readonly children?: ReactNode
  /** The next step, as buttons */
  readonly actions?: ReactNode
  /** True where nothing else heads the page */
  readonly isPage?: boolean
}

/** Nothing is there, and that is all right: says what would be here, and offers the next step. */
export function Empty({ icon, title, children, actions, isPage = false }: EmptyProps) {
  const Title = isPage ? 'h1' : 'h2'
  return (
    <div className={classes.empty}>
      {icon !== undefined && <div className={classes.icon}>{icon}</div>}
      <Title className={classes.title}>{title}</Title>
      {children !== undefined && <div className={classes.text}>{children}</div>}
      {actions !== undefined && <div className={classes.actions}>{actions}</div>}
    </div>
  )
}

interface FailedProps {
  readonly error: unknown
  /** What was tried, e.g. "The runs could not be listed" */
  readonly what?: string
  readonly onRetry?: () => void
  readonly children?: ReactNode
}

/** Something failed: what, why, what to do, and all details to copy. */
export function Failed({ error, what, onRetry, children }: FailedProps) {
  const { title, detail, fix, details } = complaintOf(error)
  return (
    <div className={classes.failed} role="alert">
      <IconAlertTriangle size={18} className={classes.failedIcon} aria-hidden />
      <div className={classes.failedBody}>
        <strong>{what ?? title}</strong>
        <div>{detail}</div>
        {fix !== null && <div className="dim">{fix}</div>}
        <div className={classes.failedActions}>
          {onRetry !== undefined && (
            <Button variant="default" onClick={onRetry}>
              Try again
            </Button>
          )}
          {children}
          <CopyButton value={`${what ?? title}\n${details}`}>
            {({ copied, copy }) => (
              <Button variant="subtle" color="gray" onClick={copy}>
                {copied ? 'Copied' : 'Copy details'}
              </Button>
            )}
          </CopyButton>
        </div>
      </div>
    </div>
  )
}

/** Before this time nothing is said: a spinner that flashes is worse than none. */
const SAY_AFTER_MS = 250
/** From here on it is slow, and the person is told so. */
const SLOW_AFTER_MS = 5_000

/** Something is on its way: what. Slow is told apart from empty and from failed. */
export function Loading({ what }: { readonly what: string }) {
  const [stage, setStage] = useState<'quiet' | 'said' | 'slow'>('quiet')
  useEffect(() => {
    const said = setTimeout(() => setStage('said'), SAY_AFTER_MS)
    const slow = setTimeout(() => setStage('slow'), SLOW_AFTER_MS)
    return () => {
      clearTimeout(said)
      clearTimeout(slow)
    }
  }, [])
  return (
    <div className={classes.loading} role="status" aria-live="polite">
      {stage !== 'quiet' && (
        <>
          <Loader size={16} aria-hidden />
          <span>{stage === 'slow' ? `${what} This takes longer than usual.` : what}</span>
        </>
      )}
    </div>
  )
}
