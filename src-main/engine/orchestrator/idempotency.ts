import { createHash } from 'node:crypto'
import { type Json, ProblemError } from '../../../src-shared/contract/index.ts'
import type { ProjectStorage } from '../storage/index.ts'

/** Key and fingerprint of a request, to be committed together with what it caused. */
export interface Asked {
  readonly key: string
  readonly fingerprint: string
}

/**
 * Makes a repeated request harmless: the same key with the same request gets the first answer, also when the first is
 * still under way or an engine before this one gave it; with another request it is refused.
 */
export function createOnce<T extends { [key: string]: Json }>(storage: Pick<ProjectStorage, 'idempotent'>) {
  const underWay = new Map<string, { fingerprint: string; answer: Promise<T> }>()
  return async (key: string | null, request: Json, act: (asked: Asked | null) => Promise<T>): Promise<T> => {
    if (key === null) return act(null)
    const fingerprint = createHash('sha256').update(JSON.stringify(request)).digest('hex')
    const check = (before: { fingerprint: string }): void => {
      if (before.fingerprint === fingerprint) return
      throw new ProblemError('idempotency_conflict', `the Idempotency-Key ${key} was used for another request`, {
        fix: 'use a new key for a new request',
      })
    }
    const pending = underWay.get(key)
    if (pending !== undefined) {
      check(pending)
      return pending.answer
    }
    const look = async (): Promise<T> => {
      const before = await storage.idempotent(key)
      if (before === null) return act({ key, fingerprint })
      check(before)
      // Only answers of this function are stored under a key that it gave out.
      return before.answer as T
    }
    const answer = look()
    underWay.set(key, { fingerprint, answer })
    try {
      return await answer
    } finally {
      underWay.delete(key)
    }
  }
}
