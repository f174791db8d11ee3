import { Approval } from '../../../src-shared/contract/index.ts'
import { TextField } from './fields/TextField.tsx'
import { Group } from './Group.tsx'
import { ParamsEditor } from './ParamsEditor.tsx'

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
      <Group path={[...path, 'form']} schema={Approval.shape.form} known={[]}>
        <ParamsEditor table={{ what: 'answer', step }} />
      </Group>
    </>
  )
}
