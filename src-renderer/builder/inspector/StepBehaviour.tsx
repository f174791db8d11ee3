import { Step } from '../../../src-shared/contract/index.ts'
import { useDocumentStore } from '../document-context.tsx'
import { CacheField } from './CacheField.tsx'
import { ForEachField } from './ForEachField.tsx'
import { AddChips } from './fields/AddChips.tsx'
import { TextField } from './fields/TextField.tsx'
import { useOptional, useRemover } from './fields/use-optional.ts'
import { Group } from './Group.tsx'
import { RetryField } from './RetryField.tsx'

const FIELDS = ['when', 'forEach', 'retry', 'timeout', 'cache', 'concurrency', 'priority'] as const
/** Attempts that are added with one click: a hiccup is over after two. */
const RETRY_LIMIT = 2

/** When, how often and how long a step runs. */
export function StepBehaviour({ step, allowed }: { readonly step: string; readonly allowed: readonly string[] }) {
  const path = ['steps', step]
  const store = useDocumentStore()
  const optional = useOptional(path, FIELDS, allowed)
  const remove = useRemover(path, optional)
  const { shown, fresh } = optional
  const add = (key: string): void => {
    const { actions } = store.getState()
    optional.open(key)
    if (key === 'retry') actions.edit(`Add retry to ${step}`, [{ path: [...path, key], value: { limit: RETRY_LIMIT } }])
    if (key === 'cache') actions.edit(`Add cache to ${step}`, [{ path: [...path, key], value: true }])
  }
  const rows: Record<(typeof FIELDS)[number], () => React.ReactNode> = {
    when: () => (
      <TextField
        path={[...path, 'when']}
        schema={Step.shape.when}
        place={{ step, field: 'when' }}
        isBare
        isLong
        placeholder={'steps.check.status == "succeeded"'}
        autoFocus={fresh === 'when'}
        onRemove={remove('when')}
      />
    ),
    forEach: () => <ForEachField step={step} isFresh={fresh === 'forEach'} onRemove={remove('forEach')} />,
    retry: () => <RetryField step={step} onRemove={remove('retry')} />,
    timeout: () => (
      <TextField
        path={[...path, 'timeout']}
        schema={Step.shape.timeout}
        isShort
        placeholder="10m"
        autoFocus={fresh === 'timeout'}
        onRemove={remove('timeout')}
      />
    ),
    cache: () => <CacheField step={step} onRemove={remove('cache')} />,
    concurrency: () => <Concurrency step={step} isFresh={fresh === 'concurrency'} onRemove={remove('concurrency')} />,
    priority: () => (
      <TextField
        path={[...path, 'priority']}
        schema={Step.shape.priority}
        reads="number"
        isShort
        placeholder="0"
        autoFocus={fresh === 'priority'}
        onRemove={remove('priority')}
      />
    ),
  }
  return (
    <>
      {FIELDS.filter((key) => shown.includes(key)).map((key) => (
        <div key={key}>{rows[key]()}</div>
      ))}
      <AddChips schema={Step} keys={optional.addable} onAdd={add} labels={{ when: 'Condition' }} />
    </>
  )
}

interface ConcurrencyProps {
  readonly step: string
  readonly isFresh: boolean
  readonly onRemove: () => void
}

function Concurrency({ step, isFresh, onRemove }: ConcurrencyProps) {
  const path = ['steps', step, 'concurrency']
  const schema = Step.shape.concurrency.unwrap()
  return (
    <Group path={path} schema={Step.shape.concurrency} known={['key', 'limit']} onRemove={onRemove}>
      <TextField
        path={[...path, 'key']}
        schema={schema.shape.key}
        place={{ step, field: 'concurrency' }}
        placeholder="database"
        autoFocus={isFresh}
      />
      <TextField path={[...path, 'limit']} schema={schema.shape.limit} reads="number" isShort placeholder="1" />
    </Group>
  )
}
