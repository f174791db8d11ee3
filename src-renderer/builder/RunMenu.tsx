import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core'
import { IconChevronDown, IconPlayerPlay } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { type RunSummary, runRoutes } from '../../src-shared/contract/index.ts'
import { call, PROJECT, useAsk } from '../api/index.ts'
import { sayFailed } from '../ui/say.ts'
import { openStartRun } from '../workflows/start-run/index.ts'
import { useDocument, useDocumentStore } from './document-context.tsx'
import classes from './RunMenu.module.css'
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
  const store = useDocumentStore()
  const navigate = useNavigate()
  const isChanged = useDocument((state) => state.changes > 0 || state.base === null)
  const nextProblem = useNextProblem()
  const version = useDocument((state) => state.base?.version ?? null)
  const show = (run: string, step?: string): void =>
    void navigate({ to: '/runs/$run', params: { run }, search: step === undefined ? {} : { step } })

  const run = async (withPublish: boolean): Promise<void> => {
    setRunning(true)
    try {
      const { workflow, base } = store.getState()
      const published = withPublish ? await publish() : null
      if (withPublish && published === null) return
      const name = published?.name ?? workflow
      const number = published?.version ?? base?.version
      if (name === null || number === undefined) return
      const started = await openStartRun({ workflow: name, version: number })
      if (started !== null) show(started)
    } finally {
      setRunning(false)
    }
  }
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
          <RunFromStep isChanged={isChanged} onShow={show} />
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}

interface RunFromStepProps {
  readonly isChanged: boolean
  readonly onShow: (run: string, step?: string) => void
}

/** Steps of the last run again, from the selected one on: what ran before it keeps its results. */
function RunFromStep({ isChanged, onShow }: RunFromStepProps) {
  const workflow = useDocument((state) => state.workflow)
  const version = useDocument((state) => state.base?.version ?? null)
  const selection = useDocument((state) => state.selection)
  const step = selection.kind === 'steps' && selection.names.length === 1 ? (selection.names[0] ?? null) : null
  const { data } = useAsk(
    runRoutes.list,
    { params: { project: PROJECT }, query: { workflow: workflow ?? '', limit: 1 } },
    { enabled: workflow !== null },
  )
  const last = data?.items[0] ?? null
  const obstacle = obstacleOf(step, last, version, isChanged)
  const rerun = async (): Promise<void> => {
    if (last === null || step === null) return
    try {
      await call(runRoutes.rerun, { params: { project: PROJECT, run: last.id }, body: { from: step } })
      onShow(last.id, step)
    } catch (error) {
      sayFailed(`${step} could not be run again`, error)
    }
  }
  return (
    // It can be gone to while it is refused: the reason stands in it.
    <Menu.Item
      {...(obstacle === null ? { onClick: () => void rerun() } : UNAVAILABLE)}
      closeMenuOnClick={obstacle === null}
    >
      {step === null ? 'Run again from a step' : `Run again from ${step}`}
      <div className={classes.text}>{obstacle ?? `In run ${last?.id}: the steps before it keep their results.`}</div>
    </Menu.Item>
  )
}

const UNAVAILABLE = { 'data-disabled': true, 'aria-disabled': true }

const ENDED = new Set(['succeeded', 'failed', 'cancelled'])

/** Why a step of the last run cannot be run again from here; null when it can. */
function obstacleOf(
  step: string | null,
  last: RunSummary | null,
  version: number | null,
  isChanged: boolean,
): string | null {
  if (last === null) return 'There was no run yet, of which steps could be run again.'
  if (step === null) return 'Select the step from which on it runs again.'
  if (isChanged) return `The last run is of version ${last.version}, without the changes. Publish and run first.`
  if (last.version !== version) return `The last run is of version ${last.version}. Run this version first.`
  return ENDED.has(last.status) ? null : 'The last run has not ended yet.'
}
