import { SegmentedControl, useMantineColorScheme } from '@mantine/core'
import { keepTheme, schemeOf, themeOf } from '../app/appearance.ts'
import { Section } from '../ui/Screen.tsx'
import { Setting } from './Setting.tsx'

const THEMES = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const

export function Appearance() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <Section title="Appearance">
      <Setting label="Theme">
        <SegmentedControl
          aria-label="Theme"
          data={[...THEMES]}
          value={themeOf(colorScheme)}
          onChange={(value) => {
            const theme = THEMES.find((one) => one.value === value)?.value ?? 'system'
            setColorScheme(schemeOf(theme))
            keepTheme(theme)
          }}
        />
      </Setting>
    </Section>
  )
}
