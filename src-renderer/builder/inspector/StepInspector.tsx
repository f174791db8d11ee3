import {
  IconCode,
  IconHelpCircle,
  IconHourglass,
  IconSitemap,
  IconTerminal2,
  IconUserCheck,
  type TablerIcon,
} from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { Identifier, Step } from '../../../src-shared/contract/index.ts'
import { kindOf } from '../../graph/summary.ts'
import type { NodeKind } from '../../graph/types.ts'
import { useDocument, useDocumentActions } from '../document-context.tsx'
import { useChildren } from './children.ts'
import { NameField } from './fields/NameField.tsx'
import { Problems } from './fields/Problems.tsx'
import { TextField } from './fields/TextField.tsx'
import { useField } from './fields/use-field.ts'
import classes from './inspector.module.css'
import { KindField } from './KindField.tsx'
import { problemsBeside } from './problems-at.ts'
import { Section } from './Section.tsx'
import { StepApproval } from './StepApproval.tsx'
import { StepBehaviour } from './StepBehaviour.tsx'
import { ChildField, ChildInputs } from './StepChild.tsx'
import { StepCommand } from './StepCommand.tsx'
import { StepInputs } from './StepInputs.tsx'
import { StepNeeds } from './StepNeeds.tsx'
import { StepOutputs } from './StepOutputs.tsx'
import { StepResources } from './StepResources.tsx'
import { TargetField, TargetInputs } from './StepTarget.tsx'
import { StepYaml } from './StepYaml.tsx'
import { fieldsOf } from './schema-text.ts'
import { fieldsOfKind } from './step-fields.ts'
import { useStepTarget } from './targets.ts'
import { mapOf, textOf } from './values.ts'

const ICONS: Readonly<Record<NodeKind, TablerIcon>> = {
  run: IconTerminal2,
  target: IconCode,
  workflow: IconSitemap,
  approval: IconUserCheck,
  sleep: IconHourglass,
  params: IconHelpCircle,
  unknown: IconHelpCircle,
}

/** Everything that a step may say. */
export function StepInspector({ step }: { readonly step: string }) {
  const path = ['steps', step]
  const field = useField(path)
  const names = useDocument((state) => Object.keys(mapOf(mapOf(state.definition)['steps'])).length)
  const value = mapOf(field.value)
  const kind = kindOf(value)
  const allowed = fieldsOfKind(kind)
  const knownChild = useChildren().params.has(textOf(value['workflow']))
  const has = (key: string): boolean => allowed.includes(key) || key in value
  const top = useScrollToTop(step)
  return (
    <div className={classes.inspector} ref={top}>
      <Title step={step} kind={kind} isLocked={field.isLocked} />
      <Section title="Basics">
        <Problems problems={problemsBeside(field.problems, path, fieldsOf(Step))} />
        <TextField
          path={[...path, 'description']}
          schema={Step.shape.description}
          isLong
          placeholder="What the step is for"
        />
        <KindField step={step} />
        {kind === 'target' && <TargetField step={step} />}
        {kind === 'workflow' && <ChildField step={step} />}
        {kind === 'approval' && <StepApproval step={step} />}
        {kind === 'sleep' && (
          <TextField
            path={[...path, 'sleep']}
            schema={Step.shape.sleep}
            place={{ step, field: 'sleep' }}
            placeholder="10m"
            keepsEmpty
          />
        )}
        <StepCommand step={step} isCommand={kind === 'run'} />
      </Section>
      <Section title="Inputs and outputs">
        <Inputs step={step} kind={kind} knowsChild={knownChild} target={textOf(value['target'])} />
        {has('outputs') && <StepOutputs step={step} />}
        {names > 1 && <StepNeeds step={step} />}
      </Section>
      <Section title="Behaviour">
        <StepBehaviour step={step} allowed={allowed} />
      </Section>
      {has('resources') && (
        <Section title="Resources">
          <StepResources step={step} canAdd={allowed.includes('resources')} />
        </Section>
      )}
      <StepYaml step={step} />
    </div>
  )
}

interface InputsProps {
  readonly step: string
  readonly kind: NodeKind
  readonly knowsChild: boolean
  /** What stands in `target` */
  readonly target: string
}

/** Inputs as whoever gets them calls them; named freely where that is nobody, or nobody who is known. */
function Inputs({ step, kind, knowsChild, target }: InputsProps) {
  const { inputs } = useStepTarget(kind === 'target' ? target : '')
  if (kind === 'workflow' && knowsChild) return <ChildInputs step={step} />
  if (kind === 'target' && inputs !== undefined) return <TargetInputs step={step} target={target} known={inputs} />
  return <StepInputs step={step} />
}

interface TitleProps {
  readonly step: string
  readonly kind: NodeKind
  readonly isLocked: boolean
}

function Title({ step, kind, isLocked }: TitleProps) {
  const { rename } = useDocumentActions()
  const Icon = ICONS[kind]
  return (
    <header className={classes.title}>
      <Icon size={18} stroke={1.6} className={classes.kind} aria-hidden />
      <div className={classes.titleName}>
        <NameField
          label="Name of the step"
          name={step}
          schema={Identifier}
          isLocked={isLocked}
          onRename={(to) => rename({ what: 'step', from: step, to })}
        />
      </div>
    </header>
  )
}

/** Another step begins at its top. */
function useScrollToTop(step: string) {
  const element = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the step is what it depends on
  useEffect(() => {
    element.current?.scrollTo({ top: 0 })
  }, [step])
  return element
}
