import { Button, Loader } from '@mantine/core'
import { IconPlugConnectedX, IconVersions } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { bridge, type Connection, checkSoon, useConnection } from '../api/index.ts'
import { CopyButton } from '../ui/Copy.tsx'
import classes from './ConnectionNotice.module.css'
import { restart } from './EngineMenu.tsx'
import { fits } from './versions.ts'

/** Says above every screen when the engine is away, and what becomes of it. Nothing when all is well. */
export function ConnectionNotice() {
  const { connection, generation } = useConnection()
  if (connection.phase === 'ready') return <VersionNotice version={connection.version.version} />
  if (generation === 0) return <FirstStart connection={connection} />
  if (connection.phase === 'lost') {
    return (
      <Notice tone="waiting" icon={<Loader size={14} color="currentColor" aria-hidden />}>
        The engine does not answer. Weir tries again by itself; what you see is from before, what you type is kept.
      </Notice>
    )
  }
  if (connection.phase === 'failed') {
    return (
      <Notice
        tone="failed"
        icon={<IconPlugConnectedX size={16} aria-hidden />}
        actions={<StartActions reason={connection.reason} />}
      >
        {connection.reason} {connection.fix}
      </Notice>
    )
  }
  return null
}

function FirstStart({ connection }: { readonly connection: Connection }) {
  if (connection.phase === 'failed') {
    return (
      <div className={classes.first} role="alert">
        <IconPlugConnectedX size={32} stroke={1.5} className={classes.firstIcon} aria-hidden />
        <h1 className={classes.firstTitle}>The engine did not start</h1>
        <p className={classes.firstText}>{connection.reason}</p>
        {connection.fix !== null && <p className={classes.firstText}>{connection.fix}</p>}
        <div className={classes.actions}>
          <StartActions reason={connection.reason} />
        </div>
      </div>
    )
  }
  return (
    <div className={classes.first} role="status">
      <Loader size={22} aria-hidden />
      <p className={classes.firstText}>
        {connection.phase === 'lost' ? 'Waiting for the engine to answer…' : 'Starting the engine…'}
      </p>
    </div>
  )
}

function StartActions({ reason }: { readonly reason: string }) {
  return (
    <>
      {bridge === null ? (
        <Button variant="default" onClick={checkSoon}>
          Try again
        </Button>
      ) : (
        <>
          <Button onClick={() => void bridge?.engine.restart()}>Start the engine</Button>
          <Button variant="default" onClick={() => void bridge?.engine.showLogs()}>
            Show its logs
          </Button>
        </>
      )}
      <CopyButton value={reason} label="Copy what happened" />
    </>
  )
}

function VersionNotice({ version }: { readonly version: string }) {
  const own = bridge?.app.version
  if (own === undefined) return null
  const verdict = fits(own, version)
  if (verdict === 'fits') return null
  return (
    <Notice
      tone="waiting"
      icon={<IconVersions size={16} aria-hidden />}
      actions={
        verdict === 'older' && (
          <Button variant="default" onClick={() => void restart()}>
            Restart it as {own}
          </Button>
        )
      }
    >
      {verdict === 'older'
        ? `The engine that runs is version ${version}; this window is ${own}. Restart the engine to bring it up to date.`
        : `The engine that runs is version ${version}, newer than this window (${own}). Update Weir, or some things may not work.`}
    </Notice>
  )
}

interface NoticeProps {
  readonly tone: 'waiting' | 'failed'
  readonly icon: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}

function Notice({ tone, icon, actions, children }: NoticeProps) {
  return (
    <div className={classes.notice} data-tone={tone} role="status">
      {icon}
      <span className={classes.text}>{children}</span>
      {actions}
    </div>
  )
}
