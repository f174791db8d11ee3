import { Button } from '@mantine/core'
import { sentence } from '../../api/index.ts'
import { graphOf } from '../../graph/model.ts'
import type { EdgeKind } from '../../graph/types.ts'
import { PARAMS_NODE } from '../../graph/types.ts'
import { plural } from '../../ui/format.ts'
import { Words } from '../../ui/Words.tsx'
import { useDocument, useDocumentActions } from '../document-context.tsx'
import { useLastingFault } from '../lasting-fault.ts'
import type { TextFault } from '../reading.ts'
import { LockContext } from './fields/lock.ts'

import classes from './inspector.module.css'
import { Section } from './Section.tsx'
import { StepInspector } from './StepInspector.tsx'
import { mapOf } from './values.ts'
import { WorkflowInspector } from './WorkflowInspector.tsx'

/** The form of what is selected: a step, several, a line between two, or the workflow itself. Stands inside `WithChildren`. */
export function Inspector() {
  const fault = useLastingFault()
  const isReadOnly = useDocument((state) => state.isReadOnly)
  const isLocked = isReadOnly || fault !== null
  return (
    <LockContext.Provider value={isLocked}>
      <div className={classes.whole} data-locked={isLocked || undefined}>
        {fault !== null && <Unreadable fault={fault} />}
        <div className={classes.rest}>
          <Selected />
        </div>
      </div>
    </LockContext.Provider>
  )
}

function Selected() {
  const selection = useDocument((state) => state.selection)
  const steps = useDocument((state) => mapOf(mapOf(state.definition)['steps']))
  if (selection.kind === 'edge') return <EdgeInspector id={selection.id} />
  const names = selection.kind === 'steps' ? selection.names.filter((name) => Object.hasOwn(steps, name)) : []
  const [only] = names
  if (only === undefined || selection.kind !== 'steps') return <WorkflowInspector />
  return names.length === 1 ? <StepInspector key={only} step={only} /> : <Several names={names} />
}

/** While the text cannot be read, forms would write into something that is not there. */
function Unreadable({ fault }: { readonly fault: TextFault }) {
  return (
    <div className={classes.notice} role="status">
      <strong>The YAML cannot be read at line {fault.line}, so the forms wait.</strong>
      <span>
        <Words text={`${sentence(fault.message)} ${fault.fix}`} />
      </span>
    </div>
  )
}

function Several({ names }: { readonly names: readonly string[] }) {
  const { select } = useDocumentActions()
  return (
    <div className={classes.inspector}>
      <header className={classes.title}>
        <h2>{plural(names.length, 'step')} selected</h2>
        <Button variant="subtle" size="compact-xs" onClick={() => select({ kind: 'workflow' })}>
          Select none
        </Button>
      </header>
      <Section title="Steps">
        <ul className={classes.list}>
          {names.map((name) => (
            <li key={name}>
              <button
                type="button"
                className={classes.listButton}
                onClick={() => select({ kind: 'steps', names: [name] })}
              >
                <span className="mono truncate">{name}</span>
              </button>
            </li>
          ))}
        </ul>
      </Section>
    </div>
  )
}

const KIND_SENTENCES = {
  data: 'An expression of the second step reads a result of the first one.',
  order: 'The second step waits for the first one, and reads nothing of it.',
  condition: 'The condition of the second step asks how the first one ended.',
  call: 'The first function calls the second one.',
  result: 'The second function is given results of the first one.',
  shared: 'The first function was answered with calls of the second one that were there.',
} as const satisfies Record<EdgeKind, string>

function EdgeInspector({ id }: { readonly id: string }) {
  const { select } = useDocumentActions()
  const definition = useDocument((state) => state.definition)
  const edge = graphOf(definition).edges.find((one) => one.id === id)
  if (edge === undefined) return <WorkflowInspector />
  const ends = [
    { step: edge.source, port: edge.sourcePort, word: 'From' },
    { step: edge.target, port: edge.targetPort, word: 'To' },
  ]
  return (
    <div className={classes.inspector}>
      <header className={classes.title}>
        <h2>Connection</h2>
      </header>
      <Section title="What it means">
        <p className={classes.source}>{KIND_SENTENCES[edge.kind]}</p>
        <ul className={classes.list}>
          {ends.map(({ step, port, word }) => (
            <li key={word}>
              <button
                type="button"
                className={classes.listButton}
                onClick={() => select(step === PARAMS_NODE ? { kind: 'workflow' } : { kind: 'steps', names: [step] })}
              >
                <span className="dim">{word}</span>
                <span className="mono truncate">
                  {step === PARAMS_NODE ? 'params' : step}
                  {port === null ? '' : `.${port}`}
                </span>
              </button>
            </li>
          ))}
        </ul>
      </Section>
    </div>
  )
}
