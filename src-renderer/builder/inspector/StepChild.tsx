import { type Param, workflowRoutes } from '../../../src-shared/contract/index.ts'
import { PROJECT, useAsk } from '../../api/index.ts'
import { useDocument } from '../document-context.tsx'
import { CalleeField, type CalleeInput, CalleeInputs } from './Callee.tsx'
import { useChildren } from './children.ts'
import { useField, useValue } from './fields/use-field.ts'
import { mapOf, showValue, textOf } from './values.ts'

/** Workflows that the list offers; the search finds others. */
const LISTED = 200

/** The workflow that a step runs as a child. */
export function ChildField({ step }: { readonly step: string }) {
  const field = useField(['steps', step, 'workflow'])
  const own = useDocument((state) => textOf(mapOf(state.definition)['name']))
  const list = useAsk(workflowRoutes.list, { params: { project: PROJECT }, query: { limit: LISTED } })
  const { missing } = useChildren()
  const name = textOf(field.value)
  const known = (list.data?.items ?? []).map((one) => one.name).filter((one) => one !== own)
  const problems =
    missing.has(name) && field.problems.length === 0
      ? [
          {
            severity: 'warning' as const,
            message: `No workflow ${name} is there yet.`,
            fix: 'Publish it before this one runs.',
          },
        ]
      : field.problems
  return (
    <CalleeField
      name="workflow"
      label="Workflow"
      field={field}
      problems={problems}
      known={known}
      placeholder={list.isPending ? 'Lists the workflows' : 'Choose a workflow'}
      nothing={list.isError ? 'The workflows could not be listed.' : 'There is no such workflow yet.'}
    />
  )
}

/** The parameters of the child, each as an input of this step. */
export function ChildInputs({ step }: { readonly step: string }) {
  const name = textOf(useValue(['steps', step, 'workflow']))
  const params = useChildren().params.get(name)
  if (params === undefined) return null
  const known = Object.entries(params).map(([param, spec]) => inputOf(param, spec))
  return <CalleeInputs step={step} callee={name} known={known} nothing="It has no parameters." />
}

const inputOf = (name: string, param: Param): CalleeInput => ({
  name,
  about: param.description ?? '',
  type: param.type,
  isRequired: param.required ?? param.default === undefined,
  placeholder: param.default === undefined ? (param.description ?? '') : `${showValue(param.default)} when empty`,
})
