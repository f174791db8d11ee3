import { Menu } from '@mantine/core'
import type { ReactNode } from 'react'
import { type Json, type RunSummary, runRoutes } from '../../src-shared/contract/index.ts'
import { call, PROJECT, useAsk } from '../api/index.ts'
import { sayFailed } from '../ui/say.ts'
import { useDocument } from './document-context.tsx'
import classes from './RunMenu.module.css'
import { UNAVAILABLE } from './unavailable.ts'

interface RunOnLastProps {
  readonly isChanged: boolean
  /** Why the definition cannot run now; null when it can */
  readonly obstacle: string | null
  readonly onShow: (run: string, step?: string) => void
  readonly onKeep: (last: RunSummary) => void
}

/** What can be done with what the last run of this workflow has: go on where it failed, or run a part of it again. */
export function RunOnLast({ isChanged, obstacle, onShow, onKeep }: RunOnLastProps) {
  const workflow = useDocument((state) => state.workflow)
  const { data } = useAsk(
    runRoutes.list,
    { params: { project: PROJECT }, query: { workflow: workflow ?? '', limit: 1 } },
    { enabled: workflow !== null },
  )
  const last = data?.items[0] ?? null
  const verb = isChanged ? 'Publish and run' : 'Run'
  const refused = obstacle ?? (last === null ? NO_RUN : ENDED.has(last.status) ? null : NOT_ENDED)
  return (
    <>
      <Item
        title={`${verb}, keep what succeeded`}
        text={`Of run ${last?.id}: only what was changed since, what failed, and what depends on it runs.`}
        obstacle={refused}
        onClick={() => last !== null && onKeep(last)}
      />
      <FromStep last={last} isChanged={isChanged} onShow={onShow} />
    </>
  )
}

/** The parameters of a run that is kept, to start another one with. */
export async function kept(run: string): Promise<{ keep: string; params: Record<string, Json>; workspace: string }> {
  const { params, workspace } = await call(runRoutes.get, {
    params: { project: PROJECT, run },
    query: { steps: 'none' },
  })
  return { keep: run, params, workspace }
}

interface FromStepProps {
  readonly last: RunSummary | null
  readonly isChanged: boolean
  readonly onShow: (run: string, step?: string) => void
}

/** Steps of the last run again, from the selected one on: what ran before it keeps its results. */
function FromStep({ last, isChanged, onShow }: FromStepProps) {
  const version = useDocument((state) => state.base?.version ?? null)
  const selection = useDocument((state) => state.selection)
  const step = selection.kind === 'steps' && selection.names.length === 1 ? (selection.names[0] ?? null) : null
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
    <Item
      title={step === null ? 'Run again from a step' : `Run again from ${step}`}
      text={`In run ${last?.id}: the steps before it keep their results.`}
      obstacle={obstacleOf(step, last, version, isChanged)}
      onClick={() => void rerun()}
    />
  )
}

interface ItemProps {
  readonly title: string
  readonly text: ReactNode
  readonly obstacle: string | null
  readonly onClick: () => void
}

/** It can be gone to while it is refused: the reason stands in it. */
function Item({ title, text, obstacle, onClick }: ItemProps) {
  return (
    <Menu.Item {...(obstacle === null ? { onClick } : UNAVAILABLE)} closeMenuOnClick={obstacle === null}>
      {title}
      <div className={classes.text}>{obstacle ?? text}</div>
    </Menu.Item>
  )
}

const ENDED = new Set(['succeeded', 'failed', 'cancelled'])
const NO_RUN = 'There was no run yet.'
const NOT_ENDED = 'The last run has not ended yet.'

/** Why a step of the last run cannot be run again from here; null when it can. */
function obstacleOf(
  step: string | null,
  last: RunSummary | null,
  version: number | null,
  isChanged: boolean,
): string | null {
  if (last === null) return NO_RUN
  if (step === null) return 'Select the step from which on it runs again.'
  if (isChanged) return `The last run is of version ${last.version}, without the changes.`
  if (last.version !== version) return `The last run is of version ${last.version}.`
  return ENDED.has(last.status) ? null : NOT_ENDED
}
