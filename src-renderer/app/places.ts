import {
  IconHome,
  IconPlayerPlay,
  IconServer2,
  IconSettings,
  IconSitemap,
  IconStethoscope,
  type TablerIcon,
} from '@tabler/icons-react'

/** A place of the rail. */
export interface Place {
  readonly path: '/' | '/workflows' | '/runs' | '/workers' | '/doctor' | '/settings'
  readonly name: string
  readonly icon: TablerIcon
  readonly keys: string
}

export const places: readonly Place[] = [
  { path: '/', name: 'Home', icon: IconHome, keys: 'mod+1' },
  { path: '/workflows', name: 'Workflows', icon: IconSitemap, keys: 'mod+2' },
  { path: '/runs', name: 'Runs', icon: IconPlayerPlay, keys: 'mod+3' },
  { path: '/workers', name: 'Workers', icon: IconServer2, keys: 'mod+4' },
  { path: '/doctor', name: 'Doctor', icon: IconStethoscope, keys: 'mod+5' },
  { path: '/settings', name: 'Settings', icon: IconSettings, keys: 'mod+6' },
]
