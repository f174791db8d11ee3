import type { DocumentFile, Off } from '../../src-shared/desktop/bridge.ts'
import { readPersisted, writePersisted } from '../ui/persisted.ts'

/*
 * Which text of a file of this machine a draft was made from: the digest that it had when it was read or written last, so
 * that a newer file is never overwritten unseen. Kept in this window's storage, for drafts outlive the window.
 */

const keyOf = (path: string): string => `file.${path}`

/** Null when this window never read it: the first save then finds out, and shows both texts if they differ. */
export const fileDigestOf = (path: string): string | null => readPersisted<string | null>(keyOf(path), null)

export function rememberFile(path: string, digest: string): void {
  newest.delete(path)
  writePersisted(keyOf(path), digest)
}

/** What other programs have left in files, for documents that are opened later */
const newest = new Map<string, DocumentFile>()
const listeners = new Set<(document: DocumentFile) => void>()

/** Another program has changed a file, or it was opened again while there is a draft of it. */
export function fileIsNow(document: DocumentFile): void {
  newest.set(document.path, document)
  for (const listener of [...listeners]) listener(document)
}

/** Tells a document what its file holds: what is known by now, and whatever comes. */
export function followFile(path: string, listener: (document: DocumentFile) => void): Off {
  const follow = (document: DocumentFile): void => {
    if (document.path === path) listener(document)
  }
  const known = newest.get(path)
  if (known !== undefined) follow(known)
  listeners.add(follow)
  return () => void listeners.delete(follow)
}
