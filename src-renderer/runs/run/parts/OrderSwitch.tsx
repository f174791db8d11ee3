import { SegmentedControl } from '@mantine/core'
import { usePersisted } from '../../../ui/persisted.ts'
import { hasCalls } from '../calls/call-groups.ts'
import { useRunState } from '../data/run-store.ts'

export type Order = 'calls' | 'functions'

/** Whether the run is one of code, and how its steps are ordered then: the same in all tabs. */
export function useOrder() {
  const isCode = useRunState((state) => hasCalls(state.book))
  const [mode, setMode] = usePersisted<Order>('run.steps.mode', 'calls')
  return { isCode, mode, setMode }
}

export function OrderSwitch({ mode, onChange }: { readonly mode: Order; readonly onChange: (mode: Order) => void }) {
  return (
    <SegmentedControl
      size="xs"
      aria-label="How steps are ordered"
      data={[
        { value: 'calls', label: 'By caller' },
        { value: 'functions', label: 'By function' },
      ]}
      value={mode}
      onChange={(value) => onChange(value === 'functions' ? value : 'calls')}
    />
  )
}
