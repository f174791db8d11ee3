import type { RunStep } from '../../../../src-shared/contract/index.ts'
import { RelativeTime } from '../../../ui/Time.tsx'
import { ExecutionLink } from './ExecutionLink.tsx'
import classes from './inspector.module.css'
import { Part } from './Part.tsx'

interface CalledByProps {
  readonly step: RunStep
  readonly call: NonNullable<RunStep['call']>
  readonly onSelect: (key: string) => void
}

/** Who called it, what it was given, and who shares it. */
export function CalledBy({ step, call, onSelect }: CalledByProps) {
  const shared = call.links.filter(({ by }) => by !== call.by)
  const found = call.links.length - shared.length
  return (
    <Part title="Call">
      <dl className={classes.facts}>
        <div className={classes.fact}>
          <dt>Called by</dt>
          <dd>
            <StepButton step={call.by} onSelect={onSelect} />, attempt {call.attempt}, <RelativeTime at={call.at} />
          </dd>
        </div>
        {call.group !== undefined && (
          <div className={classes.fact}>
            <dt>Group</dt>
            <dd>{call.group}</dd>
          </div>
        )}
        {step.target !== undefined && (
          <div className={classes.fact}>
            <dt>Function</dt>
            <dd className="mono">{step.target}</dd>
          </div>
        )}
        {call.refs.length > 0 && (
          <div className={classes.fact}>
            <dt>Is given results of</dt>
            <dd>
              <Steps steps={call.refs} onSelect={onSelect} />
            </dd>
          </div>
        )}
        {shared.length > 0 && (
          <div className={classes.fact}>
            <dt>Memo</dt>
            <dd>
              Called again with the same arguments by <Steps steps={shared.map(({ by }) => by)} onSelect={onSelect} />:
              answered with this step, nothing ran twice
            </dd>
          </div>
        )}
        {found > 0 && (
          <div className={classes.fact}>
            <dt>Found again</dt>
            <dd>by a later attempt or call of {call.by}: it got this step instead of a new one</dd>
          </div>
        )}
        {step.follows !== undefined && (
          <div className={classes.fact}>
            <dt>Replaced by</dt>
            <dd>
              <ExecutionLink id={step.follows} />, a newer call with the same key
            </dd>
          </div>
        )}
      </dl>
    </Part>
  )
}

const NAMED = 8

function Steps({ steps, onSelect }: { readonly steps: readonly string[]; readonly onSelect: (key: string) => void }) {
  const each = [...new Set(steps)]
  return (
    <>
      {each.slice(0, NAMED).map((step, index) => (
        <span key={step}>
          {index > 0 && ', '}
          <StepButton step={step} onSelect={onSelect} />
        </span>
      ))}
      {each.length > NAMED && ` and ${each.length - NAMED} more`}
    </>
  )
}

export function StepButton({ step, onSelect }: { readonly step: string; readonly onSelect: (key: string) => void }) {
  return (
    <button type="button" className={classes.parent} onClick={() => onSelect(step)}>
      {step}
    </button>
  )
}
