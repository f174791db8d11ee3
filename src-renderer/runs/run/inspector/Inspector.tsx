import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { IconPlayerStop, IconRefresh, IconX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Failure, Json, RunStep } from '../../../../src-shared/contract/index.ts'
import { stepTime } from '../../../../src-shared/runs/index.ts'
import { keysInWords } from '../../../app/keys.ts'
import { AssetList } from '../../../assets/AssetList.tsx'
import { JsonTree } from '../../../assets/JsonTree.tsx'
import { CopyButton } from '../../../ui/Copy.tsx'
import { formatDuration } from '../../../ui/format.ts'
import { Empty } from '../../../ui/Notes.tsx'
import { Status } from '../../../ui/Status.tsx'
import { Elapsed } from '../../../ui/Time.tsx'
import { ApprovalForm } from '../approval/ApprovalForm.tsx'
import { useHead, useStep } from '../data/run-store.ts'
import { nameOfKey } from '../data/step-book.ts'
import { clockOf, durationOf, hasEnded } from '../data/step-times.ts'
import { usePoke } from '../data/use-run-feed.ts'
import type { RunActions } from '../header/use-run-actions.ts'
import { itemInOneLine } from '../parts/item-text.ts'
import { StepProgressBar } from '../parts/StepProgressBar.tsx'
import type { Place } from '../place.ts'
import { valuesOf } from '../result/report.ts'
import { Attempts } from './Attempts.tsx'
import { CalledBy } from './CalledBy.tsx'
import { FanOut } from './FanOut.tsx'
import classes from './inspector.module.css'
import { Part } from './Part.tsx'
import { Remedy } from './Remedy.tsx'
import { Result } from './Result.tsx'
import { StepDefinition } from './StepDefinition.tsx'
import { useWhy } from './use-why.ts'

interface InspectorProps {
  readonly stepKey: string
  readonly place: Place
  readonly actions: RunActions
}

/** All about one step: why it stands where it stands first. */
export function Inspector({ stepKey, place, actions }: InspectorProps) {
  const step = useStep(stepKey)
  const close = (): void => place.select(undefined)
  if (step === undefined) {
    return (
      <Empty
        title={`There is no step ${stepKey}`}
        actions={
          <Button variant="default" onClick={close}>
            Close
          </Button>
        }
      >
        The items of a fan-out are known once its list is; a re-run may have made fewer.
      </Empty>
    )
  }
  return (
    <section className={classes.inspector} aria-label={`Step ${stepKey}`}>
      <Head step={step} place={place} actions={actions} onClose={close} />
      <div className={classes.content}>
        <Why step={step} />
        <HowFar step={step} />
        {step.approval !== undefined && step.status === 'waiting' && (
          <Answer key={stepKey} step={step} approval={step.approval} />
        )}
        {step.child !== undefined && (
          <Part title="Child run">
            <Link to="/runs/$run" params={{ run: step.child }} className={classes.link}>
              Open run <span className="mono">{step.child}</span>
            </Link>
          </Part>
        )}
        {step.fanOut !== undefined && <FanOut step={step} fanOut={step.fanOut} onSelect={place.select} />}
        {step.call !== undefined && <CalledBy step={step} call={step.call} onSelect={place.select} />}
        {step.executions.length > 0 && <Attempts step={step} onSelect={place.select} />}
        {step.item !== undefined && (
          <Part title="Item">
            <JsonTree value={step.item} name={`${step.key}-item`} />
          </Part>
        )}
        {step.outputs !== undefined && <Outputs step={step} outputs={step.outputs} />}
        <StepDefinition name={step.name} />
      </div>
    </section>
  )
}

function Answer({ step, approval }: { readonly step: RunStep; readonly approval: NonNullable<RunStep['approval']> }) {
  const { id } = useHead()
  return (
    <ApprovalForm
      run={id}
      step={step.key}
      approval={approval}
      isInput={step.call !== undefined}
      onSettled={usePoke()}
    />
  )
}

function Outputs({ step, outputs }: { readonly step: RunStep; readonly outputs: Record<string, Json> }) {
  const values = valuesOf(outputs)
  const hasFiles = Object.keys(values).length < Object.keys(outputs).length
  return (
    <>
      {Object.keys(values).length > 0 && (
        <Part title={step.kind === 'target' ? 'Result' : 'Outputs'}>
          <Result values={values} name={step.key} />
        </Part>
      )}
      {hasFiles && step.fanOut === undefined && (
        <Part title="Assets">
          <AssetList step={step.key} />
        </Part>
      )}
    </>
  )
}

interface HeadProps {
  readonly step: RunStep
  readonly place: Place
  readonly actions: RunActions
  readonly onClose: () => void
}

function Head({ step, place, actions, onClose }: HeadProps) {
  const { key, name, index, status, item, workspace } = step
  const time = stepTime(step)
  return (
    <header className={classes.head}>
      <div className={classes.headMain}>
        <h2 className={classes.name}>
          {index === undefined ? (
            name
          ) : (
            <>
              <button type="button" className={classes.parent} onClick={() => place.select(nameOfKey(key))}>
                {name}
              </button>
              [{index}]
            </>
          )}
        </h2>
        <CopyButton value={key} label={`Copy ${key}`} />
      </div>
      <div className={classes.headFacts}>
        <Status status={status} />
        {time.startedAt !== null && <Elapsed ms={durationOf(time)} from={clockOf(time)} />}
        {time.waitedMs > 0 && (
          <span className="dim tabular">waited {formatDuration(time.waitedMs)} between attempts</span>
        )}
        {workspace !== undefined && <span className="dim truncate">in {workspace}</span>}
        {item !== undefined && <span className="mono truncate dim">{itemInOneLine(item)}</span>}
      </div>
      <div className={classes.headActions}>
        {actions.canCancel && !hasEnded(step) && (
          <Tooltip label={`Cancel ${key} alone; the run goes on`}>
            <ActionIcon aria-label={`Cancel ${key}`} onClick={() => actions.cancelStep(key)}>
              <IconPlayerStop size={18} stroke={1.5} />
            </ActionIcon>
          </Tooltip>
        )}
        {(actions.canRerun || (step.call !== undefined && actions.canCancel)) && (
          <Tooltip label={`Run again from ${key}: this and what depends on it  ${keysInWords('alt+f')}`}>
            <ActionIcon aria-label={`Run again from ${key}`} onClick={() => actions.rerun(key)}>
              <IconRefresh size={18} stroke={1.5} />
            </ActionIcon>
          </Tooltip>
        )}
        <Tooltip label="Close  Esc">
          <ActionIcon aria-label="Close the step" onClick={onClose}>
            <IconX size={18} stroke={1.5} />
          </ActionIcon>
        </Tooltip>
      </div>
    </header>
  )
}

/** What it tells while it runs. */
function HowFar({ step: { status, executions } }: { readonly step: RunStep }) {
  const told = status === 'running' ? executions.at(-1)?.progress : undefined
  if (told === undefined) return null
  return (
    <Part title="Progress">
      <StepProgressBar told={told} isWide />
    </Part>
  )
}

const LONGEST_WHY = 400
/** The status beside the name says as much. */
const SAYS_NOTHING = new Set(['Succeeded.', 'Cancelled.', 'Failed.'])

/** Why it stands where it stands; for what failed also what to do. What is asked of a person is said by the form. */
function Why({ step }: { readonly step: RunStep }) {
  const why = useWhy(step)
  const [isLong, setLong] = useState(false)
  const last = step.executions.at(-1)
  const error = step.status === 'failed' ? last?.error : undefined
  const text = step.approval !== undefined && step.status === 'waiting' ? null : why
  if (text === null || SAYS_NOTHING.has(text)) return null
  return (
    <div className={classes.why} data-status={step.status}>
      <div className={classes.whyText}>
        <div>{isLong || text.length <= LONGEST_WHY ? text : `${text.slice(0, LONGEST_WHY)}…`}</div>
        {error !== undefined && <Remedy error={error} />}
        {text.length > LONGEST_WHY && (
          <button type="button" className={classes.parent} onClick={() => setLong(!isLong)}>
            {isLong ? 'Show less' : 'Show all'}
          </button>
        )}
      </div>
      <CopyButton value={error === undefined ? text : failureAsText(error, step)} label="Copy this" />
    </div>
  )
}

const failureAsText = (error: Failure, step: RunStep): string =>
  [error.message, error.fix, error.details, `code: ${error.code}, step: ${step.key}`].filter(Boolean).join('\n')
