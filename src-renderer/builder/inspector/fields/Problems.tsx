import { IconAlertCircle, IconAlertTriangle } from '@tabler/icons-react'
import type { DefinitionProblem } from '../../../../src-shared/contract/index.ts'
import { sentence } from '../../../api/index.ts'
import { Words } from '../../../ui/Words.tsx'
import classes from './fields.module.css'

interface ProblemsProps {
  readonly problems: readonly Pick<DefinitionProblem, 'severity' | 'message' | 'fix'>[]
  readonly id?: string
}

/** More hide the form; the YAML pane has them all. */
const MAX_SHOWN = 3

/** What is wrong at a field, and what to do about it. */
export function Problems({ problems, id }: ProblemsProps) {
  if (problems.length === 0) return null
  return (
    <div id={id} className={classes.problems} aria-live="polite">
      {problems.slice(0, MAX_SHOWN).map((problem, i) => {
        const Icon = problem.severity === 'error' ? IconAlertCircle : IconAlertTriangle
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: problems have no identity and change together
          <div key={i} className={classes.problem} data-severity={problem.severity}>
            <Icon size={13} aria-label={problem.severity === 'error' ? 'Error' : 'Warning'} />
            <span>
              <Words text={sentence(problem.message)} />
              {problem.fix !== undefined && problem.fix !== '' && (
                <em>
                  <Words text={problem.fix} />
                </em>
              )}
            </span>
          </div>
        )
      })}
      {problems.length > MAX_SHOWN && <div className={classes.more}>and {problems.length - MAX_SHOWN} more</div>}
    </div>
  )
}
