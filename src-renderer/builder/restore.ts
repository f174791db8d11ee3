import { draftRoutes, workflowRoutes } from '../../src-shared/contract/index.ts'
import { call, PROJECT } from '../api/index.ts'
import { confirm } from '../ui/Confirm.tsx'
import type { DocumentState } from './document-types.ts'
import { draftIdOf } from './draft-id.ts'

const params = { project: PROJECT }

/** Makes an old version the draft of its workflow. @returns false when the person kept the draft that was there */
export async function restoreVersion({ workflow, base, source, files, layout }: DocumentState): Promise<boolean> {
  if (workflow === null || base === null) return false
  const drafts = await call(draftRoutes.list, { params, query: { workflow, limit: 1 } })
  const before = drafts.items[0]
  if (before !== undefined && !(await mayReplace(base.version))) return false
  const newest = await call(workflowRoutes.get, { params: { ...params, workflow }, query: {} })
  const draft = before?.id ?? (await draftIdOf(workflow, newest.version))
  // Made from the newest version, which publishing it replaces.
  await call(draftRoutes.save, {
    params: { ...params, draft },
    body: {
      workflow,
      base: newest.version,
      origin: before?.origin ?? null,
      source,
      files: [...files],
      layout,
      revision: before?.revision ?? 0,
    },
  })
  return true
}

const mayReplace = (version: number): Promise<boolean> =>
  confirm({
    title: 'Replace the draft?',
    body: `There is a draft of this workflow with changes that are not published. It is replaced by version ${version}.`,
    confirm: 'Replace the draft',
    cancel: 'Keep the draft',
    isDestructive: true,
  })
