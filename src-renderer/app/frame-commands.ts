import { IconCommand, IconFolder, IconFolders, IconPlus, IconRefresh } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useMemo } from 'react'
import { bridge } from '../api/index.ts'
import { openNewProject } from '../projects/actions.tsx'
import { openNewWorkspace } from '../workspaces/actions.tsx'
import { type Command, useCommands } from './commands.ts'
import { restart } from './EngineMenu.tsx'
import { listenToKeys } from './keys.ts'
import { openPalette, PALETTE } from './Palette.tsx'
import { places } from './places.ts'
import { useWeirCommands } from './weir-commands.ts'

/** Other words for the places. */
const WORDS: Readonly<Record<string, string>> = {
  '/': 'start overview dashboard',
  '/runs': 'history executions jobs',
  '/workers': 'queue pools waiting machines code why',
  '/doctor': 'diagnosis check machine help',
  '/settings': 'preferences options notifications keyboard engine about version',
}

/** Commands that can be given on every screen. */
export function useFrameCommands(): void {
  const navigate = useNavigate()
  const commands = useMemo<Command[]>(
    () => [
      ...places.map(
        ({ path, name, icon, keys }): Command => ({
          id: `go.${path}`,
          title: name,
          group: 'Go to',
          icon,
          keys,
          words: `go open ${WORDS[path] ?? ''}`,
          run: () => void navigate({ to: path }),
        }),
      ),
      {
        id: 'workflows.new',
        title: 'New workflow',
        words: 'create draft',
        group: 'Create',
        icon: IconPlus,
        keys: 'mod+n',
        run: () => void navigate({ to: '/drafts/$draft', params: { draft: crypto.randomUUID() } }),
      },
      ...placeCommands((to) => void navigate({ to })),
      {
        id: PALETTE,
        title: 'Search or run a command',
        group: 'Weir',
        icon: IconCommand,
        keys: 'mod+k',
        run: openPalette,
      },
      ...(bridge === null
        ? []
        : [
            {
              id: 'engine.restart',
              title: 'Restart the engine',
              group: 'Weir' as const,
              icon: IconRefresh,
              run: () => void restart(),
            },
          ]),
    ],
    [navigate],
  )
  useCommands(commands)
  useWeirCommands()
  useEffect(listenToKeys, [])
}

/** Projects and workspaces: they have no place in the rail. */
const placeCommands = (go: (to: '/projects' | '/workspaces') => void): Command[] => [
  { id: 'go./projects', title: 'Projects', group: 'Go to', icon: IconFolders, run: () => go('/projects') },
  {
    id: 'go./workspaces',
    title: 'Workspaces',
    group: 'Go to',
    icon: IconFolder,
    words: 'tree environments pause',
    run: () => go('/workspaces'),
  },
  { id: 'projects.new', title: 'New project', group: 'Create', icon: IconPlus, run: openNewProject },
  { id: 'workspaces.new', title: 'New workspace', group: 'Create', icon: IconPlus, run: () => openNewWorkspace() },
]
