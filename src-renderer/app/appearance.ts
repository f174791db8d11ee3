import type { MantineColorScheme } from '@mantine/core'
import { bridge } from '../api/bridge.ts'

/** The desktop keeps the look beside its other preferences, because windows and menus follow it too. */
export function keepTheme(theme: 'system' | 'light' | 'dark'): void {
  void bridge?.preferences.set({ theme })
}

export const schemeOf = (theme: 'system' | 'light' | 'dark'): MantineColorScheme =>
  theme === 'system' ? 'auto' : theme
export const themeOf = (scheme: MantineColorScheme): 'system' | 'light' | 'dark' =>
  scheme === 'auto' ? 'system' : scheme
