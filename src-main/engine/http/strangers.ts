import type { NewAuditEntry } from '../auth/index.ts'

/** Refusals of strangers that have an entry each, within a window of time. */
const EACH = 20
const WINDOW_MS = 60_000
/** Of an address that a stranger made up. */
const TARGET_LENGTH = 200

export interface StrangersNeeds {
  readonly write: (entry: NewAuditEntry) => Promise<void>
  readonly onError: (error: unknown) => void
}

/** Writes refusals of callers whom nobody knows. */
export interface Strangers {
  write(entry: NewAuditEntry): Promise<void>
  /** Writes what was only counted until now */
  close(): void
}

/**
 * Whoever reaches the port may be refused as often as it likes, and each entry is a write to the disk that is kept: the first
 * ones of a minute have an entry each, and the rest one together.
 */
export function createStrangers({ write, onError }: StrangersNeeds): Strangers {
  let written = 0
  let counted = 0
  let last: NewAuditEntry | null = null
  let timer: NodeJS.Timeout | null = null

  const flush = async (): Promise<void> => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    const [count, entry] = [counted, last]
    written = 0
    counted = 0
    last = null
    if (count > 0 && entry !== null) await write({ ...entry, target: `${count} calls within a minute` })
  }

  return {
    async write(entry) {
      timer ??= setTimeout(() => void flush().catch(onError), WINDOW_MS).unref()
      if (written < EACH) {
        written += 1
        await write({ ...entry, target: entry.target.slice(0, TARGET_LENGTH) })
        return
      }
      counted += 1
      last = entry
    },
    close: () => void flush().catch(onError),
  }
}
