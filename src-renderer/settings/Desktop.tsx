import { Switch } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { Preferences, WeirBridge } from '../../src-shared/desktop/bridge.ts'
import { Section } from '../ui/Screen.tsx'
import { sayFailed } from '../ui/say.ts'
import { Row } from './Row.tsx'

type Flag = 'closeToTray' | 'notifyFinished' | 'notifyFailed' | 'startAtLogin'

const FLAGS: readonly { readonly key: Flag; readonly title: string; readonly about: string }[] = [
  {
    key: 'closeToTray',
    title: 'Stay in the tray when the last window closes',
    about: 'Runs go on either way; with the tray Weir can still tell you about them.',
  },
  { key: 'notifyFinished', title: 'Tell when a run has finished', about: 'By a notification of the system.' },
  { key: 'notifyFailed', title: 'Tell when a run has failed', about: 'By a notification of the system.' },
  { key: 'startAtLogin', title: 'Start when I log in', about: 'Weir begins in the tray, and the engine with it.' },
]

/** What concerns the desktop and not the engine. */
export function Desktop({ bridge }: { readonly bridge: WeirBridge }) {
  const [preferences, setPreferences] = useState<Preferences | null>(null)
  useEffect(() => {
    bridge.preferences
      .get()
      .then(setPreferences)
      .catch((error: unknown) => sayFailed('The preferences could not be read', error))
    return bridge.preferences.onChange(setPreferences)
  }, [bridge])
  const set = (key: Flag, isOn: boolean): void =>
    void bridge.preferences
      .set({ [key]: isOn })
      .then(setPreferences)
      .catch((error: unknown) => sayFailed('The preference was not kept', error))
  if (preferences === null) return null
  return (
    <Section title="Desktop">
      {FLAGS.map(({ key, title, about }) => (
        <Row key={key} title={title} about={about}>
          <Switch
            aria-label={title}
            checked={preferences[key]}
            onChange={({ currentTarget }) => set(key, currentTarget.checked)}
          />
        </Row>
      ))}
    </Section>
  )
}
