import { z } from 'zod'
import type { Preferences } from '../../src-shared/desktop/bridge.ts'
import { readJson, writeWhole } from './files.ts'

const DEFAULTS: Preferences = {
  theme: 'system',
  closeToTray: true,
  notifyFinished: true,
  notifyFailed: true,
  startAtLogin: false,
}

/** What a screen may change. */
export const PreferenceChanges = z
  .strictObject({
    theme: z.enum(['system', 'light', 'dark']),
    closeToTray: z.boolean(),
    notifyFinished: z.boolean(),
    notifyFailed: z.boolean(),
    startAtLogin: z.boolean(),
  })
  .partial()

/** What the file holds besides: things that were said once. */
const Kept = PreferenceChanges.extend({ toldAboutTray: z.boolean().optional() })

export interface PreferenceStore {
  readonly now: Preferences
  set(changes: Partial<Preferences>): Preferences
  onChange(listener: (now: Preferences, before: Preferences) => void): () => void
  /** True at the first call ever: the person has not been told yet where a closed window goes. */
  tellAboutTray(): boolean
}

/** Preferences in a JSON file. One that is damaged is as good as none; it is replaced at the next change. */
export function openPreferences(path: string): PreferenceStore {
  const { toldAboutTray = false, ...kept } = Kept.strip().safeParse(readJson(path)).data ?? {}
  let told = toldAboutTray
  let now: Preferences = { ...DEFAULTS, ...defined(kept) }
  const listeners = new Set<(now: Preferences, before: Preferences) => void>()
  const save = (): void => writeWhole(path, `${JSON.stringify({ ...now, toldAboutTray: told }, null, 2)}\n`)
  return {
    get now() {
      return now
    },
    set(changes) {
      const before = now
      now = { ...now, ...defined(changes) }
      save()
      for (const listener of listeners) listener(now, before)
      return now
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    tellAboutTray() {
      if (told) return false
      told = true
      save()
      return true
    },
  }
}

function defined<T extends object>(changes: T): Partial<Preferences> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Partial<Preferences>
}
