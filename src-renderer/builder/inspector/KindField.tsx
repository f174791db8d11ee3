import { SegmentedControl } from '@mantine/core'
import { type Json, Step } from '../../../src-shared/contract/index.ts'
import { kindOf } from '../../graph/summary.ts'
import { useDocumentStore } from '../document-context.tsx'
import { FieldRow } from './fields/FieldRow.tsx'
import { useField } from './fields/use-field.ts'
import { helpOf } from './schema-text.ts'
import { KIND_WORDS, STEP_KINDS, type StepKind } from './step-fields.ts'
import { mapOf } from './values.ts'

/** What a kind begins with. */
const EMPTY: Readonly<Record<StepKind, Json>> = {
  run: '',
  target: '',
  workflow: '',
  approval: { message: '' },
  sleep: '1m',
}

/** What a step does: runs a command, a target of a module or a workflow, asks a person, or waits. */
export function KindField({ step }: { readonly step: string }) {
  const field = useField(['steps', step])
  const store = useDocumentStore()
  const value = mapOf(field.value)
  const kind = kindOf(value)
  const there = STEP_KINDS.filter((one) => one in value)
  const choose = (next: string): void => {
    const wanted = STEP_KINDS.find((one) => one === next)
    if (wanted === undefined || wanted === kind) return
    const gone = there.filter((one) => one !== wanted).map((one) => ({ path: ['steps', step, one], value: undefined }))
    const come = wanted in value ? [] : [{ path: ['steps', step, wanted], value: EMPTY[wanted] }]
    // First what comes: a step without any field would be no map any more.
    store.getState().actions.edit(`Make ${step} a ${KIND_WORDS[wanted].toLowerCase()}`, [...come, ...gone])
  }
  return (
    <FieldRow label="Kind" help={helpOf(Step)}>
      {(ids) => (
        <SegmentedControl
          fullWidth
          aria-labelledby={ids.label}
          disabled={field.isLocked}
          value={there.length === 1 ? (there[0] ?? '') : ''}
          data={STEP_KINDS.map((one) => ({ value: one, label: KIND_WORDS[one] }))}
          onChange={choose}
        />
      )}
    </FieldRow>
  )
}
