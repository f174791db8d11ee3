import { Link } from '@tanstack/react-router'
import { ProblemError } from '../../../src-shared/contract/index.ts'
import { defaultText, firstParagraph, schemaText } from '../../../src-shared/targets/words.ts'
import { CalleeField, type CalleeInput, CalleeInputs } from './Callee.tsx'
import classes from './fields/fields.module.css'
import { useField } from './fields/use-field.ts'
import { type TargetInput, useStepTarget, useTargetList } from './targets.ts'
import { textOf } from './values.ts'

/** The target of a module that a step calls. */
export function TargetField({ step }: { readonly step: string }) {
  const field = useField(['steps', step, 'target'])
  const list = useTargetList()
  const { target, error } = useStepTarget(textOf(field.value))
  const isMissing = error instanceof ProblemError && field.problems.length === 0
  const problems = isMissing
    ? [
        {
          severity: 'warning' as const,
          message: error.message,
          fix: error.context.fix ?? 'Start a worker that hosts it.',
        },
      ]
    : field.problems
  return (
    <>
      <CalleeField
        name="target"
        label="Target"
        field={field}
        problems={problems}
        known={(list.data?.items ?? []).map(({ path }) => path)}
        placeholder={list.isPending ? 'Lists the targets' : 'Choose a target'}
        nothing={list.isError ? 'The targets could not be listed.' : 'No worker has registered such a target.'}
      />
      {target !== undefined && (
        <p className={classes.text}>
          {target.description === undefined ? '' : `${firstParagraph(target.description)} `}
          <Link to="/targets" search={{ target: target.path }} className={classes.link}>
            All about it
          </Link>
        </p>
      )}
    </>
  )
}

interface TargetInputsProps {
  readonly step: string
  readonly target: string
  readonly known: readonly TargetInput[]
}

/** The parameters of the target, each as an input of this step. */
export function TargetInputs({ step, target, known }: TargetInputsProps) {
  return <CalleeInputs step={step} callee={target} known={known.map(inputOf)} nothing="It takes none." />
}

function inputOf({ name, parameter }: TargetInput): CalleeInput {
  const usual = defaultText(parameter)
  const about = parameter.description ?? ''
  return {
    name,
    about,
    type: schemaText(parameter.schema),
    isRequired: parameter.required,
    placeholder: usual === null ? about : `${usual} when empty`,
  }
}
