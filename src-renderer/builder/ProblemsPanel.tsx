import { ActionIcon, Tooltip } from '@mantine/core'
import { IconAlertTriangleFilled, IconCircleXFilled, IconX } from '@tabler/icons-react'
import type { DefinitionProblem } from '../../src-shared/contract/index.ts'
import { CopyButton } from '../ui/Copy.tsx'
import { plural } from '../ui/format.ts'
import { useDocument } from './document-context.tsx'
import classes from './ProblemsPanel.module.css'
import { useGoToProblem } from './use-problems.ts'

interface ProblemsPanelProps {
  readonly onOpen: () => void
  readonly onClose: () => void
}

/** More than these are counted; the first ones usually cause the rest. */
const SHOWN = 200

/** All problems of the definition, with what to do about each. */
export function ProblemsPanel({ onOpen, onClose }: ProblemsPanelProps) {
  const problems = useDocument((state) => state.problems)
  const isReadable = useDocument((state) => state.parsed.value !== undefined || state.parsed.source === '')
  const go = useGoToProblem()
  return (
    <section className={classes.panel} aria-label="Problems">
      <header className={classes.head}>
        <h2 className={classes.title}>{problems.length === 0 ? 'Problems' : plural(problems.length, 'problem')}</h2>
        <span className="dim">
          {isReadable ? '' : 'The YAML cannot be read: the canvas shows what was readable last.'}
        </span>
        <Tooltip label="Close">
          <ActionIcon aria-label="Close the problems" onClick={onClose} className={classes.close ?? ''}>
            <IconX size={16} />
          </ActionIcon>
        </Tooltip>
      </header>
      {problems.length === 0 ? (
        <p className={classes.none}>The definition has no problems.</p>
      ) : (
        <ul className={classes.list}>
          {problems.slice(0, SHOWN).map((problem) => (
            <Problem
              key={keyOf(problem)}
              problem={problem}
              onGo={() => {
                go(problem)
                onOpen()
              }}
            />
          ))}
          {problems.length > SHOWN && (
            <li className={classes.none}>and {plural(problems.length - SHOWN, 'more problem')}</li>
          )}
        </ul>
      )}
    </section>
  )
}

const keyOf = ({ path, code, message, line, column }: DefinitionProblem): string =>
  `${path} ${code} ${line}:${column} ${message}`

function Problem({ problem, onGo }: { readonly problem: DefinitionProblem; readonly onGo: () => void }) {
  const { severity, message, fix, path, line, column } = problem
  const Icon = severity === 'error' ? IconCircleXFilled : IconAlertTriangleFilled
  const place = line === undefined ? path : `${path} (line ${line})`
  return (
    <li className={classes.item}>
      <button type="button" className={classes.problem} onClick={onGo}>
        <Icon size={14} aria-label={severity === 'error' ? 'Error' : 'Warning'} className={classes[severity]} />
        <span>
          {message}
          {fix !== undefined && <span className="dim"> · {fix}</span>}
        </span>
        <span className={`${classes.place} mono`}>{place}</span>
      </button>
      <CopyButton value={`${path}:${line ?? ''}:${column ?? ''} ${message}. ${fix ?? ''}`} label="Copy the problem" />
    </li>
  )
}
