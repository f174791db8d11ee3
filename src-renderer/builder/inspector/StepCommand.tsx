import { Step } from '../../../src-shared/contract/index.ts'
import { AddChips } from './fields/AddChips.tsx'
import { ListField } from './fields/ListField.tsx'
import { TextField } from './fields/TextField.tsx'
import { useOptional, useRemover } from './fields/use-optional.ts'
import { VariableTable } from './fields/VariableTable.tsx'
import { RunField } from './RunField.tsx'

const EXTRAS = ['image', 'workdir', 'env', 'files'] as const
const LABELS = { image: 'Container image', workdir: 'Working folder', env: 'Environment', files: 'Files' } as const

interface StepCommandProps {
  readonly step: string
  /** False: the step is of another kind, and only what it has nevertheless is shown */
  readonly isCommand: boolean
}

/** What a step runs, and where. */
export function StepCommand({ step, isCommand }: StepCommandProps) {
  const path = ['steps', step]
  const optional = useOptional(path, EXTRAS, isCommand ? EXTRAS : [])
  const remove = useRemover(path, optional)
  const { shown, fresh } = optional
  return (
    <>
      {isCommand && <RunField step={step} />}
      {shown.includes('image') && (
        <TextField
          path={[...path, 'image']}
          schema={Step.shape.image}
          label={LABELS.image}
          place={{ step, field: 'image' }}
          placeholder="python:3.13-slim"
          autoFocus={fresh === 'image'}
          onRemove={remove('image')}
        />
      )}
      {shown.includes('workdir') && (
        <TextField
          path={[...path, 'workdir']}
          schema={Step.shape.workdir}
          label={LABELS.workdir}
          place={{ step, field: 'workdir' }}
          placeholder="analysis"
          autoFocus={fresh === 'workdir'}
          onRemove={remove('workdir')}
        />
      )}
      {shown.includes('env') && (
        <VariableTable
          path={[...path, 'env']}
          schema={Step.shape.env}
          label={LABELS.env}
          place={{ step, field: 'env' }}
          onRemove={remove('env')}
        />
      )}
      {shown.includes('files') && (
        <ListField
          path={[...path, 'files']}
          schema={Step.shape.files}
          label={LABELS.files}
          placeholder="scripts/*.py"
          autoFocus={fresh === 'files'}
          onRemove={remove('files')}
        />
      )}
      <AddChips schema={Step} keys={optional.addable} onAdd={optional.open} labels={LABELS} />
    </>
  )
}
