import { draftRoutes } from '../../src-shared/contract/index.ts'
import { call, PROJECT } from '../api/index.ts'
import { confirm } from '../ui/Confirm.tsx'
import { say } from '../ui/say.ts'
import type { DocumentState, DocumentStore } from './document-types.ts'

const params = { project: PROJECT }

/** Makes an old version the draft of its workflow. @returns false when the person kept the draft that was there */
export async function restoreVersion({ workflow, base, source, files, layout }: DocumentState): Promise<boolean> {
  if (workflow === null || base === null) return false
  const drafts = await call(draftRoutes.list, { params, query: { workflow, limit: 1 } })
  const before = drafts.items[0]
  if (before !== undefined && !(await mayReplace(base.version))) return false
  waiting = { workflow, version: base.version, source, files, layout }
  return true
}

/** The version that the document of its workflow takes over once it is open. */
let waiting: (Pick<DocumentState, 'source' | 'files' | 'layout'> & { workflow: string; version: number }) | null = null

/** Puts the version that waits for this document into it, as one step that can be undone. */
export function restoreWaiting(store: DocumentStore): void {
  const { workflow, isReadOnly, actions, files } = store.getState()
  if (waiting === null || waiting.workflow !== workflow || isReadOnly) return
  const version = waiting
  waiting = null
  if (JSON.stringify(files) !== JSON.stringify(version.files)) actions.setFiles(version.files)
  actions.replace(`Restore version ${version.version}`, version.source, version.layout)
  say(`Version ${version.version} is the draft now. Publish it to make it the newest, or undo it.`)
}

const mayReplace = (version: number): Promise<boolean> =>
  confirm({
    title: 'Replace the draft?',
    body: `There is a draft of this workflow with changes that are not published. It is replaced by version ${version}.`,
    confirm: 'Replace the draft',
    cancel: 'Keep the draft',
    isDestructive: true,
  })
