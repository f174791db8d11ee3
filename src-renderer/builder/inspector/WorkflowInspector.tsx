import { Button } from '@mantine/core'
import { IconAdjustmentsHorizontal } from '@tabler/icons-react'
import { Definition } from '../../../src-shared/contract/index.ts'
import { workflowNameOf } from '../../../src-shared/definition/index.ts'
import { WorkflowFiles } from '../files/WorkflowFiles.tsx'
import { AddChips } from './fields/AddChips.tsx'
import { Problems } from './fields/Problems.tsx'
import { TextField } from './fields/TextField.tsx'
import { useField } from './fields/use-field.ts'
import { useOptional, useRemover } from './fields/use-optional.ts'
import { VariableTable } from './fields/VariableTable.tsx'
import classes from './inspector.module.css'
import { ParamsEditor } from './ParamsEditor.tsx'
import { problemsBeside } from './problems-at.ts'
import { Section } from './Section.tsx'
import { fieldsOf } from './schema-text.ts'
import { hasExpression, textOf } from './values.ts'
import { WorkflowOutputs } from './WorkflowOutputs.tsx'

const EXTRAS = ['env', 'priority'] as const
const LABELS = { env: 'Environment' } as const

/** The workflow itself: what is shown while no step is selected. */
export function WorkflowInspector() {
  const field = useField([])
  const optional = useOptional([], EXTRAS)
  const remove = useRemover([], optional)
  const { name, description, env, priority } = Definition.shape
  return (
    <div className={classes.inspector}>
      <header className={classes.title}>
        <IconAdjustmentsHorizontal size={18} stroke={1.6} className={classes.kind} aria-hidden />
        <h2>Workflow</h2>
      </header>
      <Section title="Basics">
        <Problems
          problems={problemsBeside(field.problems, [], fieldsOf(Definition)).filter((one) => one.path !== '')}
        />
        <TextField path={['name']} schema={name} keepsEmpty placeholder="weather" />
        <BetterName />
        <TextField path={['description']} schema={description} isLong placeholder="What the workflow is for" />
        {optional.shown.includes('env') && (
          <VariableTable
            path={['env']}
            schema={env}
            label={LABELS.env}
            place={{ step: null, field: 'env' }}
            onRemove={remove('env')}
          />
        )}
        {optional.shown.includes('priority') && (
          <TextField
            path={['priority']}
            schema={priority}
            reads="number"
            isShort
            placeholder="0"
            autoFocus={optional.fresh === 'priority'}
            onRemove={remove('priority')}
          />
        )}
        <AddChips schema={Definition} keys={optional.addable} onAdd={optional.open} labels={LABELS} />
      </Section>
      <Section title="Parameters">
        <ParamsEditor table={{ what: 'param' }} />
      </Section>
      <Section title="Outputs">
        <WorkflowOutputs />
      </Section>
      <Section title="Files">
        <WorkflowFiles />
      </Section>
    </div>
  )
}

/** A name that was meant to be one, with what is not allowed in it replaced: taken by one click. */
function BetterName() {
  const field = useField(['name'])
  const typed = textOf(field.value)
  const better = workflowNameOf(typed)
  if (better === '' || better === typed || field.isLocked || hasExpression(typed)) return null
  return (
    <Button variant="default" size="compact-xs" h={24} w="fit-content" onClick={() => field.set(better)}>
      Call it&nbsp;<span className="mono">{better}</span>
    </Button>
  )
}
