import { createHash, randomBytes } from 'node:crypto'
import { type Asset, type AssetFile, ProblemError } from '../../../src-shared/contract/index.ts'

/** How long an address works after it was last used, and at the longest. */
export const VIEW_MS = 15 * 60_000
export const LONGEST_VIEW_MS = 4 * 60 * 60_000
/** Addresses that work at the same time; a further one takes the place of the one that was not used for longest. */
const MAX_VIEWS = 250
const TICKET_BYTES = 24

/** What an address shows. */
export interface View {
  readonly project: string
  readonly files: ReadonlyMap<string, AssetFile>
}

/** Addresses under which a browser may read an asset without a token: whoever knows one may. Kept in memory only. */
export interface Views {
  make(project: string, asset: Asset): { readonly ticket: string; readonly expiresAt: number }
  /** Keeps it alive. Refuses with asset_not_found when the address does not work any more, or never did. */
  find(ticket: string): View
}

interface Entry extends View {
  readonly madeAt: number
  readonly usedAt: number
}

export function createViews(now: () => number = Date.now): Views {
  // By digest: how long a look-up takes then says nothing about the tickets that there are.
  const entries = new Map<string, Entry>()
  const put = (key: string, entry: Entry): void => {
    entries.delete(key) // to its place at the end
    entries.set(key, entry)
    const [oldest] = entries.keys()
    if (entries.size > MAX_VIEWS && oldest !== undefined) entries.delete(oldest)
  }
  const endOf = ({ madeAt, usedAt }: Entry): number => Math.min(usedAt + VIEW_MS, madeAt + LONGEST_VIEW_MS)
  return {
    make(project, asset) {
      for (const [key, entry] of entries) if (endOf(entry) <= now()) entries.delete(key)
      const ticket = randomBytes(TICKET_BYTES).toString('base64url')
      const files = new Map(asset.files.map((file) => [file.path, file]))
      const entry = { project, files, madeAt: now(), usedAt: now() }
      put(keyOf(ticket), entry)
      return { ticket, expiresAt: endOf(entry) }
    },
    find(ticket) {
      const entry = entries.get(keyOf(ticket))
      if (entry === undefined || endOf(entry) <= now()) throw expired()
      put(keyOf(ticket), { ...entry, usedAt: now() })
      return entry
    },
  }
}

const keyOf = (ticket: string): string => createHash('sha256').update(ticket).digest('base64')

const expired = (): ProblemError =>
  new ProblemError('asset_not_found', 'This address of a file works for a while only, and that has passed.', {
    field: 'params.ticket',
    fix: 'Open the file again from the page of its run.',
  })
