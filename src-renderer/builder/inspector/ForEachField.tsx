import { ForEach, Step } from '../../../src-shared/contract/index.ts'
import { useDocumentStore } from '../document-context.tsx'
import { AddChips } from './fields/AddChips.tsx'
import { ChoiceField } from './fields/ChoiceField.tsx'
import { TextField } from './fields/TextField.tsx'
import { useField } from './fields/use-field.ts'
import { useOptional, useRemover } from './fields/use-optional.ts'
import { Group } from './Group.tsx'
import { fieldsOf } from './schema-text.ts'

const OPTIONS = ['maxParallel', 'onFailure'] as const

interface ForEachFieldProps {
  readonly step: string
  readonly isFresh: boolean
  readonly onRemove: () => void
}

/** The items alone, or a map as soon as one of its options is set. */
export function ForEachField({ step, isFresh, onRemove }: ForEachFieldProps) {
  const path = ['steps', step, 'forEach']
  const field = useField(path)
  const store = useDocumentStore()
  const optional = useOptional(path, OPTIONS)
  const remove = useRemover(path, optional)
  const isMap = typeof field.value === 'object' && field.value !== null && !Array.isArray(field.value)
  const add = (key: string): void => {
    if (!isMap) {
      const { actions } = store.getState()
      actions.edit(`Change for each of ${step}`, [{ path, value: { items: field.value ?? [] } }])
    }
    optional.open(key)
  }
  const { items, maxParallel, onFailure } = ForEach.shape
  const shown = isMap ? optional.shown : []
  return (
    <Group path={path} schema={Step.shape.forEach} known={isMap ? fieldsOf(ForEach) : []} onRemove={onRemove}>
      <TextField
        key={isMap ? 'map' : 'plain'}
        path={isMap ? [...path, 'items'] : path}
        schema={items}
        label="Items"
        reads="value"
        place={{ step, field: 'forEach' }}
        isLong
        keepsEmpty={isMap}
        placeholder="[1, 2, 3]"
        autoFocus={isFresh && field.value === undefined}
      />
      {shown.includes('maxParallel') && (
        <TextField
          path={[...path, 'maxParallel']}
          schema={maxParallel}
          reads="number"
          isShort
          placeholder="4"
          autoFocus={optional.fresh === 'maxParallel'}
          onRemove={remove('maxParallel')}
        />
      )}
      {shown.includes('onFailure') && (
        <ChoiceField
          path={[...path, 'onFailure']}
          schema={onFailure}
          choices={[
            { value: 'fail', label: 'End the step' },
            { value: 'continue', label: 'Go on with the others' },
          ]}
          onRemove={remove('onFailure')}
        />
      )}
      <AddChips
        schema={ForEach}
        keys={field.isLocked ? [] : OPTIONS.filter((key) => !shown.includes(key))}
        onAdd={add}
      />
    </Group>
  )
}
