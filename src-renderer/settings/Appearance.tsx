import { SegmentedControl, useMantineColorScheme } from '@mantine/core'
import { keepTheme, schemeOf, themeOf } from '../app/appearance.ts'
import { Section } from '../ui/Screen.tsx'
import { Row } from './Row.tsx'

const CHOICES = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const

type Theme = (typeof CHOICES)[number]['value']
const isTheme = (value: string): value is Theme => CHOICES.some((one) => one.value === value)

export function Appearance() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const choose = (value: string): void => {
    if (!isTheme(value)) return
    setColorScheme(schemeOf(value))
    keepTheme(value)
  }
  return (
    <Section title="Appearance">
      <Row title="Look" about="Light, dark, or whatever the system shows at the time.">
        <SegmentedControl
          aria-label="Look"
          data={CHOICES.map((one) => ({ ...one }))}
          value={themeOf(colorScheme)}
          onChange={choose}
        />
      </Row>
    </Section>
  )
}
