import { type Workflow, type WorkflowSummary, workflowRoutes } from '../../../src-shared/contract/index.ts'
import { editDefinition } from '../../../src-shared/definition/index.ts'
import { call, keyOf, PROJECT, queryClient } from '../../api/index.ts'
import { confirm } from '../../ui/Confirm.tsx'
import { plural } from '../../ui/format.ts'
import { say, sayFailed } from '../../ui/say.ts'
import { openAsDraft } from '../import/index.ts'

/** A draft of a new workflow with the same text and files under another name. */
export async function duplicate(name: string): Promise<string> {
  const workflow: Workflow = await call(workflowRoutes.get, { params: { project: PROJECT, workflow: name }, query: {} })
  const source = editDefinition(workflow.source, [{ path: ['name'], value: `${name}-copy` }])
  return openAsDraft(source, workflow.files)
}

/** Deletes workflows; asks before, and says what stays. */
export async function deleteWorkflows(workflows: readonly WorkflowSummary[]): Promise<boolean> {
  const [first] = workflows
  if (first === undefined) return false
  const isOne = workflows.length === 1
  const what = isOne ? first.name : plural(workflows.length, 'workflow')
  const isSure = await confirm({
    title: `Delete ${what}?`,
    body: (
      <>
        {!isOne && <p style={{ marginTop: 0 }}>{workflows.map(({ name }) => name).join(', ')}</p>}
        <p style={{ margin: 0 }}>
          {isOne && first.version === 1 ? 'It' : `All ${isOne ? `${first.version} ` : ''}versions`} cannot be brought
          back. Runs stay, with their logs, their results and the version that they ran.
        </p>
      </>
    ),
    confirm: `Delete ${what}`,
    cancel: isOne ? 'Keep it' : 'Keep them',
    isDestructive: true,
  })
  if (!isSure) return false
  try {
    for (const { name } of workflows)
      await call(workflowRoutes.remove, { params: { project: PROJECT, workflow: name } })
    say(`${isOne ? first.name : plural(workflows.length, 'workflow')} was deleted.`.replace('s was', 's were'))
    return true
  } catch (error) {
    sayFailed(`${what} could not be deleted`, error)
    return false
  } finally {
    void queryClient.invalidateQueries({ queryKey: keyOf(workflowRoutes.list) })
  }
}
