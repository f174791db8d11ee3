import { IconRotate2 } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import type { Execution, RunStep } from '../../../../src-shared/contract/index.ts'
import { sentence } from '../../../api/index.ts'
import { AssetList } from '../../../assets/AssetList.tsx'
import { CopyButton } from '../../../ui/Copy.tsx'
import { formatBytes, formatDuration, formatTime, plural } from '../../../ui/format.ts'
import { Status } from '../../../ui/Status.tsx'
import { Elapsed, RelativeTime } from '../../../ui/Time.tsx'
import { LogView } from '../../logs/LogView.tsx'
import { useHead } from '../data/run-store.ts'
import { EXECUTOR_WORDS } from '../parts/executor-words.ts'
import { CallsMade } from './CallsMade.tsx'
import { ExecutionLink } from './ExecutionLink.tsx'
import { Given } from './Given.tsx'
import classes from './inspector.module.css'
import { Metrics } from './Metrics.tsx'
import { Part } from './Part.tsx'
import { Remedy } from './Remedy.tsx'
import { byWorkspace, SideBySide } from './SideBySide.tsx'

interface AttemptsProps {
  readonly step: RunStep
  readonly onSelect: (key: string) => void
}

/** The attempts at a step, the last one selected. */
export function Attempts({ step, onSelect }: AttemptsProps) {
  const [chosen, choose] = useState<number | null>(null)
  const { executions } = step
  const { id: run, workspace } = useHead()
  const shown = executions.find(({ attempt }) => attempt === chosen) ?? executions.at(-1)
  if (shown === undefined) return null
  const isElsewhere = byWorkspace(step, workspace).length > 1
  const isLast = shown === executions.at(-1)
  return (
    <>
      {!isLast && shown.error !== undefined && (
        <Part title={`Why attempt ${shown.attempt} ended`}>
          <div>{sentence(shown.error.message)}</div>
          <Remedy error={shown.error} />
        </Part>
      )}
      {(step.kind === 'run' || step.kind === 'target') && shown.executor !== 'cache' && (
        <Part title={shown.error === undefined ? 'Log' : 'Last lines of its log'}>
          <LogView key={shown.id} run={run} step={step.key} attempt={shown.attempt} compact />
        </Part>
      )}
      {step.kind === 'target' && shown.executor === 'worker' && <Metrics step={step.key} execution={shown} />}
      {isElsewhere && <SideBySide step={step} shown={shown} onChoose={choose} />}
      {executions.length > 1 && !isElsewhere && (
        <Part title={`Attempts (${executions.length})`}>
          <div className={classes.attempts}>
            {executions.map((execution) => (
              <button
                key={execution.attempt}
                type="button"
                aria-pressed={execution === shown}
                className={classes.attempt}
                onClick={() => choose(execution.attempt)}
              >
                <span className="tabular">{execution.attempt}</span>
                <Status status={execution.status} />
                <span className={`${classes.attemptEnd} tabular truncate`}>{endInWords(execution)}</span>
                <Elapsed ms={execution.durationMs} from={execution.startedAt} />
              </button>
            ))}
          </div>
        </Part>
      )}
      <Given step={step} execution={shown} />
      {step.kind === 'target' && <CallsMade stepKey={step.key} attempt={shown.attempt} onSelect={onSelect} />}
      {shown.assets !== undefined && (
        <Part title="Recorded files">
          <AssetList step={step.key} />
        </Part>
      )}
      <Facts execution={shown} />
    </>
  )
}

function endInWords({ signal, exitCode, error, awaits, workspace, worker }: Execution): string {
  if (awaits !== undefined) return awaitedInWords(awaits)
  if (error?.type !== undefined) return error.type
  if (signal !== undefined) return signal
  if (exitCode !== undefined) return `exit ${exitCode}`
  return [workspace === undefined ? '' : `in ${workspace}`, worker ?? ''].filter(Boolean).join(' ')
}

/** What an attempt gave up its process for. */
function awaitedInWords({ steps, mode, until }: NonNullable<Execution['awaits']>): string {
  const time = until === null ? '' : `until ${formatTime(Date.parse(until))}`
  if (steps.length === 0) return `waited ${time}`
  const named = steps.length > AWAITED_NAMED ? plural(steps.length, 'call') : steps.join(', ')
  return `waited for ${steps.length > 1 ? `${mode} of ` : ''}${named}${time === '' ? '' : `, or ${time}`}`
}

const AWAITED_NAMED = 3

function Facts({ execution }: { readonly execution: Execution }) {
  const { startedAt, finishedAt, durationMs, executor, usage, cache, adopted, id } = execution
  const { awaits, worker, error } = execution
  const exit = execution.signal ?? (execution.exitCode === undefined ? '' : `exit ${execution.exitCode}`)
  return (
    <Part title={`Attempt ${execution.attempt}`} actions={<CopyButton value={id} label={`Copy ${id}`} />}>
      <dl className={classes.facts}>
        <Fact name="Started">
          <span title={formatTime(Date.parse(startedAt))}>
            <RelativeTime at={startedAt} />
          </span>
        </Fact>
        <Fact name={finishedAt === null ? 'Runs for' : 'Took'}>
          <Elapsed ms={durationMs} from={startedAt} />
        </Fact>
        <Fact name="Ran">{EXECUTOR_WORDS[executor] ?? executor}</Fact>
        {execution.workspace !== undefined && <Fact name="Workspace">{execution.workspace}</Fact>}
        {exit !== '' && <Fact name="Ended with">{exit}</Fact>}
        {worker !== undefined && <Fact name="Worker">{worker}</Fact>}
        {awaits !== undefined && <Fact name="Suspended">{awaitedInWords(awaits)}</Fact>}
        {error?.step !== undefined && (
          <Fact name="Arose in">
            <ExecutionLink id={error.step} />
          </Fact>
        )}
        {usage?.cpuMs != null && <Fact name="CPU time">{formatDuration(usage.cpuMs)}</Fact>}
        {usage?.peakMemoryBytes != null && <Fact name="Peak memory">{formatBytes(usage.peakMemoryBytes)}</Fact>}
        {cache !== undefined && (
          <Fact name="Cache">
            {!cache.hit && `Asked, and missed: ${cache.reason ?? 'there was no earlier result'}`}
            {cache.hit && (
              <>
                Hit: nothing ran, the result of{' '}
                {cache.source === undefined ? 'an earlier execution' : <ExecutionLink id={cache.source} />} was taken
              </>
            )}
          </Fact>
        )}
        {adopted !== undefined && (
          <Fact name="Engine restarts">
            <IconRotate2 size={12} aria-hidden /> survived {adopted}
          </Fact>
        )}
      </dl>
    </Part>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd className="tabular">{children}</dd>
    </div>
  )
}
