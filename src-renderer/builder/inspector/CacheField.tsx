import { Cache, Step } from '../../../src-shared/contract/index.ts'
import { useDocument } from '../document-context.tsx'
import { AddChips } from './fields/AddChips.tsx'
import { ChoiceField } from './fields/ChoiceField.tsx'
import { ListField } from './fields/ListField.tsx'
import { TextField } from './fields/TextField.tsx'
import { useField } from './fields/use-field.ts'
import { type Optional, useOptional, useRemover } from './fields/use-optional.ts'
import { Group } from './Group.tsx'
import { fieldsOf } from './schema-text.ts'
import { valueAt } from './unset.ts'
import { mapOf } from './values.ts'

const OPTIONS = ['maxAge', 'version', 'params'] as const

/** `cache: true`, or a map as soon as one of its options is set. */
export function CacheField({ step, onRemove }: { readonly step: string; readonly onRemove: () => void }) {
  const path = ['steps', step, 'cache']
  const field = useField(path)
  const optional = useOptional(path, OPTIONS)
  const isMap = typeof field.value === 'object' && field.value !== null
  const add = (key: string): void => {
    if (!isMap) field.set({})
    optional.open(key)
  }
  const shown = isMap ? optional.shown : []
  return (
    <Group path={path} schema={Step.shape.cache} known={fieldsOf(Cache)} onRemove={onRemove}>
      {!isMap && (
        <ChoiceField
          path={path}
          schema={Step.shape.cache}
          label="Earlier results"
          choices={[
            { value: true, label: 'are used' },
            { value: false, label: 'are not used' },
          ]}
        />
      )}
      <Options step={step} path={path} optional={optional} shown={isMap ? optional.shown : []} />
      {field.value !== false && (
        <AddChips
          schema={Cache}
          keys={field.isLocked ? [] : OPTIONS.filter((key) => !shown.includes(key))}
          onAdd={add}
          labels={{ params: 'Inputs that count' }}
        />
      )}
    </Group>
  )
}

interface OptionsProps {
  readonly step: string
  readonly path: readonly string[]
  readonly optional: Optional
  readonly shown: readonly string[]
}

function Options({ step, path, optional, shown }: OptionsProps) {
  const inputs = useDocument((state) =>
    Object.keys(mapOf(valueAt(state.definition, ['steps', step, 'inputs']))).join(' '),
  )
  const remove = useRemover(path, optional)
  const { maxAge, version, params } = Cache.shape
  return (
    <>
      {shown.includes('maxAge') && (
        <TextField
          path={[...path, 'maxAge']}
          schema={maxAge}
          isShort
          placeholder="30d"
          autoFocus={optional.fresh === 'maxAge'}
          onRemove={remove('maxAge')}
        />
      )}
      {shown.includes('version') && (
        <TextField
          path={[...path, 'version']}
          schema={version}
          isShort
          placeholder="2"
          autoFocus={optional.fresh === 'version'}
          onRemove={remove('version')}
        />
      )}
      {shown.includes('params') && (
        <ListField
          path={[...path, 'params']}
          schema={params}
          label="Inputs that count"
          known={inputs === '' ? [] : inputs.split(' ')}
          autoFocus={optional.fresh === 'params'}
          onRemove={remove('params')}
        />
      )}
    </>
  )
}
