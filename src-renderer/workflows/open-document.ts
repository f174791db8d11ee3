import { draftRoutes } from '../../src-shared/contract/index.ts'
import type { DocumentFile } from '../../src-shared/desktop/bridge.ts'
import { call, PROJECT, Refusal } from '../api/index.ts'
import { fileIsNow, rememberFile } from '../builder/files-on-disk.ts'

/** What the engine takes as the text of a definition. */
const MOST_CHARACTERS = 10_000_000
const MILLION = 1_000_000

/** How many drafts are looked through for the one of a file. */
const LOOKED_THROUGH = 1000

/**
 * The draft of a file of this machine: the one that is there already, else a new one with the text of the file.
 * @returns its identifier
 */
export async function draftOfDocument(document: DocumentFile): Promise<string> {
  const { length } = document.text
  if (length > MOST_CHARACTERS) {
    throw new Refusal({
      message: `${document.name} has ${(length / MILLION).toFixed(1)} million characters; a definition has at most 10.`,
      fix: 'Keep data outside of the definition and hand it in as a parameter or a file.',
    })
  }
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
