import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core'
import { IconChevronDown, IconPlayerPlay } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useMemo, useRef } from 'react'
import type { RunSummary } from '../../src-shared/contract/index.ts'
import { type Command, useCommands } from '../app/commands.ts'
import { openStartRun } from '../workflows/start-run/index.ts'
import { useDocument, useDocumentStore } from './document-context.tsx'
import classes from './RunMenu.module.css'
import { kept, RunOnLast } from './RunOnLast.tsx'
import { UNAVAILABLE } from './unavailable.ts'
import { useNextProblem } from './use-problems.ts'
import type { Publish } from './use-publish.ts'

interface RunMenuProps {
  /** There is no room for more than a word */
  readonly isShort: boolean
  readonly publish: Publish['publish']
  /** Why the definition cannot run now: it has problems; null when it can */
  readonly obstacle: string | null
  readonly isRunning: boolean
  readonly setRunning: (is: boolean) => void
}

/** Runs what is on the canvas: a run is always one of a version, so changes are published first, and the button says so. */
export function RunMenu({ isShort, publish, obstacle, isRunning, setRunning }: RunMenuProps) {
  const navigate = useNavigate()
  const isChanged = useDocument((state) => state.changes > 0 || state.base === null)
  const nextProblem = useNextProblem()
  const version = useDocument((state) => state.base?.version ?? null)
  const show = (run: string, step?: string): void =>
    void navigate({ to: '/runs/$run', params: { run }, search: step === undefined ? {} : { step } })

  const run = useRun(publish, setRunning, show)
  useRunCommand(obstacle === null, isChanged, run)
  return (
    <div className={classes.split}>
      <Tooltip label={obstacle} disabled={obstacle === null} multiline maw={320}>
        <Button
          variant="default"
          className={classes.main ?? ''}
          leftSection={<IconPlayerPlay size={16} />}
          loading={isRunning}
          {...(isShort && isChanged ? { 'aria-label': 'Publish and run' } : {})}
          {...(obstacle === null ? {} : UNAVAILABLE)}
          onClick={() => {
            if (obstacle === null) void run(isChanged)
            else nextProblem()
          }}
        >
          {isChanged && !isShort ? 'Publish and run' : 'Run'}
        </Button>
      </Tooltip>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={32} className={classes.more ?? ''} aria-label="More ways to run">
            <IconChevronDown size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {isChanged && version !== null && (
            <Menu.Item onClick={() => void run(false)}>Run version {version}, without the changes</Menu.Item>
          )}
          <RunOnLast
            isChanged={isChanged}
            obstacle={obstacle}
            onShow={show}
            onKeep={(last) => void run(isChanged, last)}
          />
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}

/** Publishes when it must, and starts a run, which is shown then. */
function useRun(publish: Publish['publish'], setRunning: (is: boolean) => void, show: (run: string) => void) {
  const store = useDocumentStore()
  return async (withPublish: boolean, keep?: RunSummary): Promise<void> => {
    setRunning(true)
    try {
      const { workflow, base } = store.getState()
      const published = withPublish ? await publish() : null
      if (withPublish && published === null) return
      const name = published?.name ?? workflow
      const number = published?.version ?? base?.version
      if (name === null || number === undefined) return
      const started = await openStartRun({
        workflow: name,
        version: number,
        ...(keep === undefined ? {} : await kept(keep.id)),
      })
      if (started !== null) show(started)
    } finally {
      setRunning(false)
    }
  }
}

/** Offers the button to the palette, under the words that stand on it. */
function useRunCommand(canRun: boolean, isChanged: boolean, run: (withPublish: boolean) => Promise<void>): void {
  const latest = useRef(run)
  latest.current = run
  const commands = useMemo<Command[]>(() => {
    const title = isChanged ? 'Publish and run' : 'Run this workflow'
    const start = (): void => void latest.current(isChanged)
    const icon = IconPlayerPlay
    return canRun ? [{ id: 'builder.run', title, group: 'Here', icon, words: 'start execute', run: start }] : []
  }, [canRun, isChanged])
  useCommands(commands)
}
