import { useMantineColorScheme } from '@mantine/core'
import {
  IconAppWindow,
  IconBook,
  IconDeviceDesktop,
  IconFileText,
  IconFolder,
  IconFolderOpen,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconSun,
} from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { bridge, signOut } from '../api/index.ts'
import { sayFailed } from '../ui/say.ts'
import { keepTheme, schemeOf } from './appearance.ts'
import { type Command, useCommands } from './commands.ts'

const LOOKS = [
  { theme: 'light', title: 'Light look', icon: IconSun },
  { theme: 'dark', title: 'Dark look', icon: IconMoon },
  { theme: 'system', title: 'Look as the system', icon: IconDeviceDesktop },
] as const

/** Commands about Weir itself: its look, windows, help, and what is brought in. */
export function useWeirCommands(): void {
  const navigate = useNavigate()
  const { setColorScheme } = useMantineColorScheme()
  const commands = useMemo<Command[]>(() => {
    const openDraft = (draft: string): void => void navigate({ to: '/drafts/$draft', params: { draft } })
    return [
      ...LOOKS.map(
        ({ theme, title, icon }): Command => ({
          id: `look.${theme}`,
          title,
          group: 'Weir',
          icon,
          words: 'theme appearance colour color mode',
          run: () => {
            setColorScheme(schemeOf(theme))
            keepTheme(theme)
          },
        }),
      ),
      {
        id: 'workflows.import.file',
        title: 'Import a workflow from a file',
        group: 'Create',
        icon: IconFileText,
        words: 'yaml tar archive upload open',
        run: () => pick(false, openDraft),
      },
      {
        id: 'workflows.import.folder',
        title: 'Import a workflow from a folder',
        group: 'Create',
        icon: IconFolder,
        words: 'directory upload',
        run: () => pick(true, openDraft),
      },
      {
        id: 'help.keys',
        title: 'Keyboard shortcuts',
        group: 'Weir',
        icon: IconKeyboard,
        words: 'keys help bindings hotkeys settings',
        run: () => void navigate({ to: '/settings', hash: 'keyboard' }),
      },
      ...(bridge === null ? browserCommands() : desktopCommands(bridge)),
    ]
  }, [navigate, setColorScheme])
  useCommands(commands)
}

const browserCommands = (): Command[] => [
  {
    id: 'help.api',
    title: 'Reference of the API',
    group: 'Weir',
    icon: IconBook,
    words: 'help docs documentation openapi',
    run: () => void window.open('/api/docs', '_blank', 'noopener'),
  },
  {
    id: 'session.end',
    title: 'Sign out',
    group: 'Weir',
    icon: IconLogout,
    words: 'log out leave session',
    run: () => void signOut().then(() => location.reload()),
  },
]

const desktopCommands = ({ app, engine }: NonNullable<typeof bridge>): Command[] => [
  {
    id: 'window.new',
    title: 'New window',
    group: 'Create',
    icon: IconAppWindow,
    words: 'open second another',
    run: () => app.newWindow('/'),
  },
  {
    id: 'engine.logs',
    title: 'Show the logs of the engine',
    group: 'Weir',
    icon: IconFolderOpen,
    words: 'folder debug',
    run: () => void engine.showLogs(),
  },
]

/** Asks for a file or folder, and imports it. */
function pick(isFolder: boolean, openDraft: (draft: string) => void): void {
  const input = document.createElement('input')
  input.type = 'file'
  if (isFolder) input.setAttribute('webkitdirectory', '')
  else input.accept = '.yaml,.yml,.tar,.tgz,.gz'
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])]
    if (files.length === 0) return
    // Loaded when it is wanted: every screen has this command, and few import.
    Promise.all([import('../workflows/import/index.ts'), import('../ui/fields/index.ts')]).then(
      ([{ importPicked }, { pickedByInput }]) =>
        importPicked(
          Promise.resolve().then(() => pickedByInput(files)),
          openDraft,
        ),
      (error: unknown) => sayFailed('That was not imported', error),
    )
  })
  input.click()
}
