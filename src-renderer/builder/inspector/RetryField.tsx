import { Retry } from '../../../src-shared/contract/index.ts'
import { AddChips } from './fields/AddChips.tsx'
import { ListField } from './fields/ListField.tsx'
import { TextField } from './fields/TextField.tsx'
import { useOptional, useRemover } from './fields/use-optional.ts'
import { Group } from './Group.tsx'
import { bareSchema, fieldsOf } from './schema-text.ts'
import { readNumber } from './values.ts'

/** Kinds of failure; exit codes can be written as well. */
const KINDS = ['error', 'timeout', 'abandoned', 'oom']
const OPTIONS = ['delay', 'on'] as const

export function RetryField({ step, onRemove }: { readonly step: string; readonly onRemove: () => void }) {
  const path = ['steps', step, 'retry']
  const optional = useOptional(path, OPTIONS)
  const remove = useRemover(path, optional)
  const { limit, delay, on } = Retry.shape
  return (
    <Group path={path} schema={bareSchema(Retry)} known={fieldsOf(Retry)} onRemove={onRemove}>
      <TextField path={[...path, 'limit']} schema={limit} reads="number" isShort placeholder="2" keepsEmpty />
      {optional.shown.includes('delay') && (
        <TextField
          path={[...path, 'delay']}
          schema={delay}
          isShort
          placeholder="1s..30s"
          autoFocus={optional.fresh === 'delay'}
          onRemove={remove('delay')}
        />
      )}
      {optional.shown.includes('on') && (
        <ListField
          path={[...path, 'on']}
          schema={on}
          known={KINDS}
          read={readNumber}
          placeholder="error, timeout or an exit code"
          autoFocus={optional.fresh === 'on'}
          onRemove={remove('on')}
        />
      )}
      <AddChips schema={Retry} keys={optional.addable} onAdd={optional.open} labels={{ on: 'Only on' }} />
    </Group>
  )
}
