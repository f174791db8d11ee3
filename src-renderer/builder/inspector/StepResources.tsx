import { Resources } from '../../../src-shared/contract/index.ts'
import { AddChips } from './fields/AddChips.tsx'
import { TextField } from './fields/TextField.tsx'
import { useOptional, useRemover } from './fields/use-optional.ts'
import { fieldsOf } from './schema-text.ts'

const EXAMPLES: Readonly<Record<string, string>> = { cpus: '1', memory: '2Gi', gpus: '0' }
const LABELS: Readonly<Record<string, string>> = { cpus: 'CPUs', gpus: 'GPUs' }

/** What one execution takes from the machine. */
export function StepResources({ step, canAdd }: { readonly step: string; readonly canAdd: boolean }) {
  const path = ['steps', step, 'resources']
  const keys = fieldsOf(Resources)
  const optional = useOptional(path, keys, canAdd ? keys : [])
  const remove = useRemover(path, optional)
  return (
    <>
      {optional.shown.map((key) => (
        <TextField
          key={key}
          path={[...path, key]}
          schema={Resources.shape[key as keyof typeof Resources.shape]}
          {...(LABELS[key] === undefined ? {} : { label: LABELS[key] })}
          reads="number"
          isShort
          placeholder={EXAMPLES[key] ?? ''}
          autoFocus={optional.fresh === key}
          onRemove={remove(key)}
        />
      ))}
      <AddChips schema={Resources} keys={optional.addable} onAdd={optional.open} labels={LABELS} />
    </>
  )
}
