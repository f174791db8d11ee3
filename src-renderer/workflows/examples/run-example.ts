import { type AssetValue, type Json, ProblemError, workflowRoutes } from '../../../src-shared/contract/index.ts'
import { call, PROJECT, workspaceToStartIn } from '../../api/index.ts'
import { uploadFiles } from '../../ui/fields/index.ts'
import { bundlesOf } from '../import/bundle.ts'
import { checkBundle, publish } from '../import/index.ts'
import { openStartRun } from '../start-run/index.ts'
import { RunStarter } from '../start-run/start.ts'
import { type Example, filesOf, sampleData } from './examples.ts'

/** Saves an example as a workflow, unless there is one of its name: that one may have been changed, and stays. */
export async function importExample(example: Example): Promise<void> {
  if (await isThere(example.name)) return
  const [bundle] = await bundlesOf({ folder: example.name, files: await filesOf(example) })
  if (bundle === undefined)
    throw new ProblemError('not_found', `The example ${example.name} did not come with this Weir.`, {
      fix: 'Install Weir again.',
    })
  await publish(await checkBundle(bundle))
}

async function isThere(workflow: string): Promise<boolean> {
  try {
    await call(workflowRoutes.get, { params: { project: PROJECT, workflow }, query: {} })
    return true
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'workflow_not_found') return false
    throw error
  }
}

/**
 * Imports an example, stores its data and starts it.
 * @returns the run's identifier; null when the person closed the form that a changed example asks for
 */
export async function runExample(example: Example): Promise<string | null> {
  await importExample(example)
  const params = await paramsOf(example)
  try {
    return await new RunStarter().start({ workflow: example.name, params, workspace: workspaceToStartIn() })
  } catch (error) {
    // Somebody gave the example other parameters: then they are asked for.
    if (error instanceof ProblemError && error.code === 'params_invalid')
      return openStartRun({ workflow: example.name, params })
    throw error
  }
}

async function paramsOf({ dataParam }: Example): Promise<Record<string, Json>> {
  if (dataParam === null) return {}
  const files = await uploadFiles([await sampleData()], new AbortController().signal)
  const value: AssetValue = { kind: 'asset', name: dataParam, files }
  return { [dataParam]: value as unknown as Json }
}
