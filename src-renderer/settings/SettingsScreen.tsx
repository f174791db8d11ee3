import { bridge } from '../api/index.ts'
import { Screen } from '../ui/Screen.tsx'
import { About } from './About.tsx'
import { Appearance } from './Appearance.tsx'
import { Desktop } from './Desktop.tsx'
import { Engine } from './Engine.tsx'
import { Keyboard } from './Keyboard.tsx'
import classes from './settings.module.css'

export function SettingsScreen() {
  return (
    <Screen title="Settings" page>
      <div className={classes.page}>
        <Appearance />
        {bridge !== null && <Desktop bridge={bridge} />}
        <Engine />
        <About />
        <Keyboard />
      </div>
    </Screen>
  )
}
