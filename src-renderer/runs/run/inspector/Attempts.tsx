import { IconRotate2 } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import type { Execution, RunStep } from '../../../../src-shared/contract/index.ts'
import { sentence } from '../../../api/index.ts'
import { CopyButton } from '../../../ui/Copy.tsx'
import { formatBytes, formatDuration, formatTime } from '../../../ui/format.ts'
import { Status } from '../../../ui/Status.tsx'
import { Elapsed, RelativeTime } from '../../../ui/Time.tsx'
import { LogView } from '../../logs/LogView.tsx'
import { useHead } from '../data/run-store.ts'
import { EXECUTOR_WORDS } from '../parts/executor-words.ts'
import { Given } from './Given.tsx'
import classes from './inspector.module.css'
import { Part } from './Part.tsx'
import { Remedy } from './Remedy.tsx'
import { byWorkspace, SideBySide } from './SideBySide.tsx'

/** The attempts at a step, the last one selected. */
export function Attempts({ step }: { readonly step: RunStep }) {
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
      {step.kind === 'run' && shown.executor !== 'cache' && (
        <Part title={shown.error === undefined ? 'Log' : 'Last lines of its log'}>
          <LogView key={shown.id} run={run} step={step.key} attempt={shown.attempt} compact />
        </Part>
      )}
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
                <span className={`${classes.attemptEnd} tabular`}>{endInWords(execution)}</span>
                <Elapsed ms={execution.durationMs} from={execution.startedAt} />
              </button>
            ))}
          </div>
        </Part>
      )}
      <Given step={step} execution={shown} />
      <Facts execution={shown} />
    </>
  )
}

function endInWords({ signal, exitCode }: Execution): string {
  if (signal !== undefined) return signal
  return exitCode === undefined ? '' : `exit ${exitCode}`
}

function Facts({ execution }: { readonly execution: Execution }) {
  const { startedAt, finishedAt, durationMs, executor, usage, cache, adopted, id } = execution
  const exit = endInWords(execution)
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
        {usage?.cpuMs != null && <Fact name="CPU time">{formatDuration(usage.cpuMs)}</Fact>}
        {usage?.peakMemoryBytes != null && <Fact name="Peak memory">{formatBytes(usage.peakMemoryBytes)}</Fact>}
        {cache !== undefined && (
          <Fact name="Cache">
            {cache.hit
              ? `Took the result of ${cache.source ?? 'an earlier execution'}`
              : `Miss: ${cache.reason ?? 'no earlier result'}`}
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
