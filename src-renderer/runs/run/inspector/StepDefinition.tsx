import { Link } from '@tanstack/react-router'
import { stringify } from 'yaml'
import { CopyButton } from '../../../ui/Copy.tsx'
import { useDefinition } from '../data/use-definition.ts'
import classes from './inspector.module.css'
import { Part } from './Part.tsx'

/** What the definition says about the step: its command, and where its inputs come from. */
export function StepDefinition({ name }: { readonly name: string }) {
  const workflow = useDefinition()
  const step = workflow?.definition.steps[name]
  if (workflow === undefined || step === undefined) return null
  const { description, ...rest } = step
  const text = stringify(rest, { lineWidth: 0 })
  return (
    <Part
      title="Definition"
      actions={
        <span className={classes.partActions}>
          <Link
            to="/workflows/$workflow"
            params={{ workflow: workflow.name }}
            search={{ step: name }}
            className={classes.link}
          >
            Edit this step
          </Link>
          <Link
            to="/workflows/$workflow"
            params={{ workflow: workflow.name }}
            search={{ step: name, version: workflow.version }}
            className={classes.link}
          >
            Show in version {workflow.version}
          </Link>
          <CopyButton value={text} label="Copy the definition of this step" />
        </span>
      }
    >
      {description !== undefined && <p className={classes.note}>{description}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <pre className={`${classes.code} mono`} tabIndex={0}>
        {text.trimEnd()}
      </pre>
    </Part>
  )
}
