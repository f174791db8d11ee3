import {
  IconHome,
  IconPlayerPlay,
  IconSettings,
  IconSitemap,
  IconStethoscope,
  type TablerIcon,
} from '@tabler/icons-react'

/** A place of the rail. */
export interface Place {
  readonly path: '/' | '/workflows' | '/runs' | '/doctor' | '/settings'
  readonly name: string
  readonly icon: TablerIcon
  readonly keys: string
}

export const places: readonly Place[] = [
  { path: '/', name: 'Home', icon: IconHome, keys: 'mod+1' },
  { path: '/workflows', name: 'Workflows', icon: IconSitemap, keys: 'mod+2' },
  { path: '/runs', name: 'Runs', icon: IconPlayerPlay, keys: 'mod+3' },
  { path: '/doctor', name: 'Doctor', icon: IconStethoscope, keys: 'mod+4' },
  { path: '/settings', name: 'Settings', icon: IconSettings, keys: 'mod+5' },
]
