import type { Draft, DraftContent } from '../../src-shared/contract/index.ts'
import type { BackupRecord } from './backup.ts'

/** What a document starts from: what the engine has, or what this browser kept and the engine does not have yet. */
export interface Start {
  readonly content: DraftContent
  /** The revision that a save will name */
  readonly revision: number
  /** The engine does not have this text yet */
  readonly isUnsaved: boolean
  /** The engine has another text, which did not come from this one */
  readonly theirs: Draft | null
  /** A sentence for the person */
  readonly note: string | null
}

const RESTORED = 'What was typed before the window closed is back.'

/** Decides between the engine's draft (null: it has none) and the copy that a window left behind. */
export function decideStart(draft: Draft | null, backup: BackupRecord | null): Start | null {
  if (backup === null) {
    return draft === null
      ? null
      : { content: contentOf(draft), revision: draft.revision, isUnsaved: false, theirs: null, note: null }
  }
  const { content } = backup
  if (draft === null) {
    const note = backup.revision === 0 ? RESTORED : `${RESTORED} The draft itself was published or thrown away since.`
    return { content, revision: 0, isUnsaved: true, theirs: null, note }
  }
  if (isSameContent(content, draft)) {
    return { content: contentOf(draft), revision: draft.revision, isUnsaved: false, theirs: null, note: null }
  }
  const isBehind = backup.revision < draft.revision
  return {
    content,
    revision: backup.revision,
    isUnsaved: true,
    theirs: isBehind ? draft : null,
    note: RESTORED,
  }
}

const contentOf = ({ workflow, base, origin, source, files, layout }: Draft): DraftContent => ({
  workflow,
  base,
  origin,
  source,
  files,
  layout,
})

/** Whether two drafts hold the same: text, files and places. */
export const isSameContent = (a: DraftContent, b: DraftContent): boolean =>
  a.source === b.source &&
  JSON.stringify(a.files) === JSON.stringify(b.files) &&
  JSON.stringify(sorted(a.layout)) === JSON.stringify(sorted(b.layout))

const sorted = (layout: DraftContent['layout']) =>
  Object.entries(layout)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { x, y }]) => [name, x, y])
