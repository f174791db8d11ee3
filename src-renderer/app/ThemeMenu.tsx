import { ActionIcon, Menu, useMantineColorScheme } from '@mantine/core'
import { IconCheck, IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react'
import { useEffect } from 'react'
import { bridge } from '../api/bridge.ts'
import { keepTheme, schemeOf, themeOf } from './appearance.ts'

const CHOICES = [
  { scheme: 'auto', word: 'As the system', icon: IconDeviceDesktop },
  { scheme: 'light', word: 'Light', icon: IconSun },
  { scheme: 'dark', word: 'Dark', icon: IconMoon },
] as const

export function ThemeMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  useEffect(() => bridge?.preferences.onChange(({ theme }) => setColorScheme(schemeOf(theme))), [setColorScheme])
  const Icon = CHOICES.find((one) => one.scheme === colorScheme)?.icon ?? IconDeviceDesktop
  return (
    <Menu position="bottom-end" width={180}>
      <Menu.Target>
        <ActionIcon aria-label="Look">
          <Icon size={16} stroke={1.5} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {CHOICES.map(({ scheme, word, icon: Choice }) => (
          <Menu.Item
            key={scheme}
            leftSection={<Choice size={16} stroke={1.5} />}
            rightSection={scheme === colorScheme ? <IconCheck size={14} /> : null}
            onClick={() => {
              setColorScheme(scheme)
              keepTheme(themeOf(scheme))
            }}
          >
            {word}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
