import { readPersisted, writePersisted } from '../ui/persisted.ts'

/*
 * Which text of a file of this machine a draft was made from: the digest that it had when it was read or written last, so
 * that a newer file is never overwritten unseen. Kept in this window's storage, for drafts outlive the window.
 */

const keyOf = (path: string): string => `file.${path}`

/** Null when this window never read it: the first save then finds out, and shows both texts if they differ. */
export const fileDigestOf = (path: string): string | null => readPersisted<string | null>(keyOf(path), null)

export const rememberFile = (path: string, digest: string): void => writePersisted(keyOf(path), digest)
