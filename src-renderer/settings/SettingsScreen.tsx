import { bridge } from '../api/index.ts'
import { Screen } from '../ui/Screen.tsx'
import { About } from './About.tsx'
import { Appearance } from './Appearance.tsx'
import { Desktop } from './Desktop.tsx'
import { Engine } from './Engine.tsx'
import { Keyboard } from './Keyboard.tsx'

/** What a person may choose, of this window, this desktop and this engine. Every choice is kept at once. */
export function SettingsScreen() {
  return (
    <Screen title="Settings" page>
      <Appearance />
      {bridge !== null && <Desktop bridge={bridge} />}
      <Engine />
      <Keyboard />
      <About />
    </Screen>
  )
}
