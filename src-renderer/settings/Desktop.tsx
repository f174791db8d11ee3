import { Switch } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { Preferences, WeirBridge } from '../../src-shared/desktop/bridge.ts'
import { Failed, Loading } from '../ui/Notes.tsx'
import { Section } from '../ui/Screen.tsx'
import { sayFailed } from '../ui/say.ts'
import { Setting } from './Setting.tsx'

type Choice = Exclude<keyof Preferences, 'theme'>

const CHOICES: readonly { readonly name: Choice; readonly label: string; readonly help: string }[] = [
  {
    name: 'closeToTray',
    label: 'Stay in the tray when the window is closed',
    help: 'Weir goes on in the background and tells you when a run has ended. Quit it from the tray.',
  },
  { name: 'notifyFailed', label: 'Tell me when a run has failed', help: 'By a notification of the system.' },
  { name: 'notifyFinished', label: 'Tell me when a run has finished', help: 'By a notification of the system.' },
  { name: 'startAtLogin', label: 'Start when I log in', help: 'Weir waits in the tray.' },
]

/** What the desktop does on this machine. */
export function Desktop({ bridge }: { readonly bridge: WeirBridge }) {
  const [preferences, setPreferences] = useState<Preferences | null>(null)
  const [error, setError] = useState<unknown>(null)
  useEffect(() => {
    bridge.preferences.get().then(setPreferences, setError)
    return bridge.preferences.onChange(setPreferences)
  }, [bridge])
  const change = (name: Choice, value: boolean): void => {
    bridge.preferences
      .set({ [name]: value })
      .then(setPreferences)
      .catch((failure: unknown) => sayFailed('That was not kept', failure))
  }
  return (
    <Section title="Desktop">
      {error !== null && <Failed error={error} what="The preferences could not be read" />}
      {error === null && preferences === null && <Loading what="Reading the preferences…" />}
      {preferences !== null &&
        CHOICES.map(({ name, label, help }) => (
          <Setting key={name} label={label} help={help} id={`preference-${name}`}>
            <Switch
              id={`preference-${name}`}
              checked={preferences[name]}
              onChange={(event) => change(name, event.currentTarget.checked)}
            />
          </Setting>
        ))}
    </Section>
  )
}
