import { draftRoutes } from '../../src-shared/contract/index.ts'
import type { DocumentFile } from '../../src-shared/desktop/bridge.ts'
import { call, PROJECT } from '../api/index.ts'
import { fileIsNow, rememberFile } from '../builder/files-on-disk.ts'

/** How many drafts are looked through for the one of a file. */
const LOOKED_THROUGH = 1000

/**
 * The draft of a file of this machine: the one that is there already, else a new one with the text of the file.
 * @returns its identifier
 */
export async function draftOfDocument(document: DocumentFile): Promise<string> {
  const drafts = await call(draftRoutes.list, { params: { project: PROJECT }, query: { limit: LOOKED_THROUGH } })
  const before = drafts.items.find((draft) => draft.origin === document.path)
  if (before !== undefined) {
    // Changed since the draft was made? The document finds out, and shows both.
    fileIsNow(document)
    return before.id
  }
  const draft = crypto.randomUUID()
  await call(draftRoutes.save, {
    params: { project: PROJECT, draft },
    body: {
      workflow: null,
      base: null,
      origin: document.path,
      source: document.text,
      files: [],
      layout: {},
      revision: 0,
    },
  })
  rememberFile(document.path, document.digest)
  return draft
}
