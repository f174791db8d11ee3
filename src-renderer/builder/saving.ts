/*
 * When a draft is saved, as a machine without clock or network. Each change counts the version up; a save carries the
 * version that it took and is right only for that one.
 */

export interface Saving {
  /** Counts the changes of this window */
  readonly version: number
  /** The version that the engine has */
  readonly savedVersion: number
  /** The revision of the engine's draft that ours follows; 0 while it has none */
  readonly revision: number
  /** The version that is on its way */
  readonly inFlight: number | null
  readonly phase: 'saved' | 'unsaved' | 'saving' | 'failed' | 'conflict'
  /** When the engine last confirmed */
  readonly at: number | null
  readonly error: unknown
}

export type SaveEvent =
  | { readonly kind: 'changed' }
  | { readonly kind: 'due' }
  | { readonly kind: 'confirmed'; readonly revision: number; readonly at: number }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** The engine has a newer revision than ours */
  | { readonly kind: 'refused' }
  /** The person has decided; ours now follows that revision */
  | { readonly kind: 'settled'; readonly revision: number; readonly isSame: boolean }

export const savedAs = (revision: number, at: number | null = null): Saving => ({
  version: 0,
  savedVersion: 0,
  revision,
  inFlight: null,
  phase: 'saved',
  at,
  error: null,
})

/** What to do after an event: save now, or look again soon or later. */
export type SaveTask = 'send' | 'soon' | 'retry' | null

export interface SaveStep {
  readonly saving: Saving
  readonly task: SaveTask
}

export function nextSaving(now: Saving, event: SaveEvent): SaveStep {
  switch (event.kind) {
    case 'changed':
      return changed(now)
    case 'due':
      if (now.phase === 'conflict' || now.inFlight !== null || now.version === now.savedVersion)
        return { saving: now, task: null }
      return { saving: { ...now, inFlight: now.version, phase: 'saving' }, task: 'send' }
    case 'confirmed': {
      const savedVersion = now.inFlight ?? now.savedVersion
      const isAll = savedVersion === now.version
      const saving: Saving = {
        ...now,
        savedVersion,
        inFlight: null,
        revision: event.revision,
        at: event.at,
        error: null,
        phase: isAll ? 'saved' : 'unsaved',
      }
      return { saving, task: isAll ? null : 'soon' }
    }
    case 'failed':
      return { saving: { ...now, inFlight: null, phase: 'failed', error: event.error }, task: 'retry' }
    case 'refused':
      return { saving: { ...now, inFlight: null, phase: 'conflict' }, task: null }
    case 'settled': {
      const version = event.isSame ? now.version : now.version + 1
      const savedVersion = event.isSame ? version : now.savedVersion
      const phase = event.isSame ? 'saved' : 'unsaved'
      const saving: Saving = { ...now, revision: event.revision, version, savedVersion, phase, error: null }
      return { saving, task: event.isSame ? null : 'soon' }
    }
  }
}

function changed(now: Saving): SaveStep {
  const saving = { ...now, version: now.version + 1 }
  if (now.phase === 'conflict') return { saving, task: null }
  // A save that failed is tried again by its own clock: typing must not hurry it.
  if (now.phase === 'failed') return { saving, task: null }
  if (now.inFlight !== null) return { saving, task: null }
  return { saving: { ...saving, phase: 'unsaved' }, task: 'soon' }
}
