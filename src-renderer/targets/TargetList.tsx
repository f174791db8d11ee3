import { IconFunction, IconSitemap } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { TargetSummary } from '../../src-shared/contract/index.ts'
import { firstParagraph } from '../../src-shared/targets/words.ts'
import { plural } from '../ui/format.ts'
import classes from './targets.module.css'
import { type ListedModule, languageWord } from './use-targets.ts'

interface TargetListProps {
  readonly modules: readonly ListedModule[]
  readonly chosen: string | undefined
}

/** Modules with their targets: workflows first, then what they call. */
export function TargetList({ modules, chosen }: TargetListProps) {
  return (
    <div className={classes.list}>
      {modules.map(({ module, targets }) => (
        <section key={module.module} className={classes.module} aria-label={module.module}>
          <header className={classes.moduleHead}>
            <h2 className={`${classes.moduleName} mono`}>{module.module}</h2>
            <span className="dim">
              {languageWord(module.language)}, version {module.version}
              {module.workspace === 'main' ? '' : ` of ${module.workspace}`}
            </span>
          </header>
          {module.description !== null && <p className={classes.moduleAbout}>{firstParagraph(module.description)}</p>}
          {targets.length === 0 && <p className={classes.moduleAbout}>It has no targets.</p>}
          <ul className={classes.targets}>
            {targets.toSorted(workflowsFirst).map((target) => (
              <li key={target.name}>
                <TargetLink target={target} isChosen={target.path === chosen} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}

const rank = ({ kind }: TargetSummary): number => (kind === 'workflow' ? 0 : 1)
const workflowsFirst = (a: TargetSummary, b: TargetSummary): number => rank(a) - rank(b)

function TargetLink({ target, isChosen }: { readonly target: TargetSummary; readonly isChosen: boolean }) {
  const Icon = target.kind === 'workflow' ? IconSitemap : IconFunction
  const { parameters, description } = target
  return (
    <Link
      to="/targets"
      search={(before: { search?: string | undefined }) => ({
        ...(before.search === undefined ? {} : { search: before.search }),
        target: target.path,
      })}
      className={classes.target}
      aria-current={isChosen ? 'true' : undefined}
    >
      <Icon size={16} stroke={1.5} className={classes.kind} aria-hidden />
      <span className={classes.targetTexts}>
        <span className={classes.targetLine}>
          <span className={`${classes.targetName} mono`}>{target.name}</span>
          <span className={`${classes.signature} truncate`}>
            {parameters.length === 0 ? 'no parameters' : parameters.map(({ name }) => name).join(', ')}
          </span>
        </span>
        <span className={`${classes.about} truncate`}>
          {description === null ? plural(parameters.length, 'parameter') : firstParagraph(description)}
        </span>
      </span>
      <span className={classes.kindWord}>{target.kind === 'workflow' ? 'Workflow' : 'Task'}</span>
    </Link>
  )
}
