import {
  type Draft,
  type DraftContent,
  draftRoutes,
  ProblemError,
  type Workflow,
  workflowRoutes,
} from '../../src-shared/contract/index.ts'
import { bridge, call, PROJECT } from '../api/index.ts'
import { sayFailed } from '../ui/say.ts'
import { type BackupRecord, openBackups, WINDOW_ID } from './backup.ts'
import { createDocument } from './document.ts'
import type { DocumentNeeds } from './document-needs.ts'
import type { Base, DocumentStore } from './document-types.ts'
import { draftIdOf } from './draft-id.ts'
import { fileDigestOf, rememberFile } from './files-on-disk.ts'
import { decideStart, type Start } from './opening.ts'
import { baseOf } from './publishing.ts'
import { createTextWork } from './text-tasks.ts'

const params = { project: PROJECT }

/** The definition that a new draft begins with. */
const EMPTY_SOURCE = 'name: new-workflow\n\nsteps:\n'

const EMPTY: DraftContent = { workflow: null, base: null, origin: null, source: EMPTY_SOURCE, files: [], layout: {} }

export interface OpenedDocument {
  readonly store: DocumentStore
  /** A sentence for the person */
  readonly note: string | null
}

/** A draft by its identifier: as the engine has it, as a window has left it behind, or a new one. */
export async function openDraft(id: string): Promise<OpenedDocument> {
  const [draft, left] = await Promise.all([getDraft(id), leftBehind()])
  const backup = left.find((record) => record.draft === id) ?? null
  const start = decideStart(draft, backup) ?? { ...NEW, content: EMPTY }
  return opened(id, start, backup, await baseVersion(start.content))
}

const NEW = { revision: 0, isUnsaved: false, theirs: null, note: null }

/** The draft that changes a workflow, or its newest version, of which the first change makes a draft. */
export async function openWorkflow(name: string): Promise<OpenedDocument> {
  const [workflow, drafts, left] = await Promise.all([
    call(workflowRoutes.get, { params: { ...params, workflow: name }, query: {} }),
    call(draftRoutes.list, { params, query: { workflow: name, limit: 1 } }),
    leftBehind(),
  ])
  const draftId = drafts.items[0]?.id
  const draft = draftId === undefined ? null : await getDraft(draftId)
  const backup = left.find(({ draft: id, content }) => (draft === null ? content.workflow === name : id === draft.id))
  const start = decideStart(draft, backup ?? null)
  const id = draft?.id ?? backup?.draft ?? (await draftIdOf(name, workflow.version))
  if (start === null) return opened(id, { ...NEW, content: contentOf(workflow) }, null, baseOf(workflow))
  const base = start.content.base === workflow.version ? baseOf(workflow) : await baseVersion(start.content)
  return opened(id, start, backup ?? null, base)
}

/** An old version, only to look at. */
export async function openVersion(name: string, version: number): Promise<OpenedDocument> {
  const workflow = await call(workflowRoutes.get, { params: { ...params, workflow: name }, query: { version } })
  const start = { ...NEW, content: contentOf(workflow), id: crypto.randomUUID() }
  const store = createDocument(
    { ...start, base: baseOf(workflow), isReadOnly: true, backup: null, fileDigest: null },
    await needsOfWindow(),
  )
  return { store, note: null }
}

const contentOf = ({ name, version, source, files, layout }: Workflow): DraftContent => ({
  workflow: name,
  base: version,
  origin: null,
  source,
  files,
  layout,
})

async function opened(
  id: string,
  start: Start,
  backup: BackupRecord | null,
  base: Base | null,
): Promise<OpenedDocument> {
  const { origin } = start.content
  const fileDigest = origin === null ? null : fileDigestOf(origin)
  const store = createDocument({ ...start, id, base, isReadOnly: false, backup, fileDigest }, await needsOfWindow())
  return { store, note: start.note }
}

async function getDraft(id: string): Promise<Draft | null> {
  try {
    return await call(draftRoutes.get, { params: { ...params, draft: id } })
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'draft_not_found') return null
    throw error
  }
}

async function leftBehind(): Promise<readonly BackupRecord[]> {
  return (await openBackups()).left()
}

/** The version that a draft was made from; null for a new one, or when the workflow was deleted since. */
async function baseVersion({ workflow, base }: DraftContent): Promise<Base | null> {
  if (workflow === null || base === null) return null
  try {
    return baseOf(await call(workflowRoutes.get, { params: { ...params, workflow }, query: { version: base } }))
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'workflow_not_found') return null
    throw error
  }
}

async function needsOfWindow(): Promise<DocumentNeeds> {
  const backups = await openBackups()
  return {
    async validate(source, files, signal) {
      const body = { source, files: [...files] }
      return (await call(workflowRoutes.validate, { params, body }, { signal })).problems
    },
    saveDraft: (draft, content, revision) =>
      call(draftRoutes.save, { params: { ...params, draft }, body: { ...content, revision } }),
    getDraft: (draft) => call(draftRoutes.get, { params: { ...params, draft } }),
    removeDraft: (draft) => call(draftRoutes.remove, { params: { ...params, draft } }),
    publish: ({ source, files, layout, base }) =>
      call(workflowRoutes.apply, { params, body: { source, files: [...files], layout, base } }),
    async getWorkflow(workflow) {
      try {
        return await call(workflowRoutes.get, { params: { ...params, workflow }, query: {} })
      } catch (error) {
        if (error instanceof ProblemError && error.code === 'workflow_not_found') return null
        throw error
      }
    },
    saveFile: bridge === null ? null : bridge.documents.save,
    backups,
    texts: createTextWork(() => new Worker(new URL('./text.worker.ts', import.meta.url), { type: 'module' })),
    newId: async (base) => (base === null ? crypto.randomUUID() : await draftIdOf(base.workflow, base.version)),
    rememberFile,
    window: WINDOW_ID,
    now: () => Date.now(),
    sayFailed,
  }
}
