import { Approval } from '../../../src-shared/contract/index.ts'
import { FieldRow } from './fields/FieldRow.tsx'
import { TextField } from './fields/TextField.tsx'
import { ParamsEditor } from './ParamsEditor.tsx'
import { helpOf } from './schema-text.ts'

/** What a person is asked, and what they fill in. */
export function StepApproval({ step }: { readonly step: string }) {
  const path = ['steps', step, 'approval']
  return (
    <>
      <TextField
        path={[...path, 'message']}
        schema={Approval.shape.message}
        place={{ step, field: 'approval' }}
        isLong
        keepsEmpty
        placeholder="Publish the report?"
      />
      <FieldRow label="Form" help={helpOf(Approval.shape.form)}>
        {() => <ParamsEditor table={{ what: 'answer', step }} />}
      </FieldRow>
    </>
  )
}
