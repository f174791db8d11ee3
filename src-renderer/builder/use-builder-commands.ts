import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconArrowForwardUp,
  IconArrowsMaximize,
  IconCode,
  IconCopyPlus,
  IconDeviceFloppy,
  IconLayoutDistributeHorizontal,
  IconLayoutSidebarRight,
  IconPlus,
} from '@tabler/icons-react'
import { useMemo } from 'react'
import { type Command, useCommands } from '../app/commands.ts'
import { useShow } from '../graph/show.ts'
import { say, sayFailed } from '../ui/say.ts'
import { useDocumentStore } from './document-context.tsx'
import type { DocumentStore } from './document-types.ts'
import { useNextProblem } from './use-problems.ts'
import type { StepActions } from './use-steps.ts'

/** What opens and closes around the canvas. */
export interface PanelActions {
  readonly toggleYaml: () => void
  readonly toggleInspector: () => void
  readonly openInspector: () => void
  readonly toggleProblems: () => void
  readonly openPalette: (search?: string) => void
}

/** Offers what can be done in the builder to the palette and the keys. */
export function useBuilderCommands(steps: { readonly current: StepActions | null }, panels: PanelActions): void {
  const store = useDocumentStore()
  const { all } = useShow()
  const next = useNextProblem()
  const commands = useMemo<Command[]>(
    () => [
      ...editCommands(store, steps),
      ...panelCommands(panels),
      {
        id: 'builder.fit',
        title: 'Show all steps',
        group: 'Here',
        icon: IconArrowsMaximize,
        keys: 'f',
        run: all,
      },
      {
        id: 'builder.validate',
        title: 'Go to the next problem',
        group: 'Here',
        icon: IconAlertTriangle,
        words: 'validate check errors',
        keys: 'f8',
        run: next,
      },
    ],
    [store, steps, panels, all, next],
  )
  useCommands(commands)
}

function editCommands(store: DocumentStore, steps: { readonly current: StepActions | null }): Command[] {
  const { actions } = store.getState()
  return [
    { id: 'builder.undo', title: 'Undo', group: 'Here', icon: IconArrowBackUp, keys: 'mod+z', run: actions.undo },
    {
      id: 'builder.redo',
      title: 'Redo',
      group: 'Here',
      icon: IconArrowForwardUp,
      keys: 'mod+shift+z',
      run: actions.redo,
    },
    {
      id: 'builder.save',
      title: 'Save',
      group: 'Here',
      icon: IconDeviceFloppy,
      keys: 'mod+s',
      run: () => void save(store),
    },
    {
      id: 'builder.duplicate',
      title: 'Duplicate the selected steps',
      group: 'Here',
      icon: IconCopyPlus,
      keys: 'mod+d',
      run: () => {
        const { selection, isReadOnly } = store.getState()
        if (selection.kind === 'steps' && !isReadOnly) steps.current?.duplicate(selection.names)
      },
    },
    {
      id: 'builder.tidy',
      title: 'Tidy up the picture',
      group: 'Here',
      icon: IconLayoutDistributeHorizontal,
      words: 'layout arrange',
      run: actions.tidy,
    },
  ]
}

/** Drafts save themselves; Ctrl+S makes sure at once, and writes the file if the text came from one. */
async function save(store: DocumentStore): Promise<void> {
  const { actions, origin, isReadOnly } = store.getState()
  if (isReadOnly) return
  try {
    await actions.flush()
    await actions.saveFile()
    if (store.getState().conflict === null) say(origin === null ? 'The draft is saved.' : `${origin} is saved.`)
  } catch (error) {
    sayFailed('It was not saved', error)
  }
}

function panelCommands(panels: PanelActions): Command[] {
  return [
    {
      id: 'builder.add',
      title: 'Add a step',
      group: 'Here',
      icon: IconPlus,
      keys: 'a',
      run: () => panels.openPalette(),
    },
    {
      id: 'builder.yaml',
      title: 'Show or hide the YAML',
      group: 'Here',
      icon: IconCode,
      keys: 'mod+e',
      run: panels.toggleYaml,
    },
    {
      id: 'builder.inspector',
      title: 'Show or hide the inspector',
      group: 'Here',
      icon: IconLayoutSidebarRight,
      run: panels.toggleInspector,
    },
    {
      id: 'builder.problems',
      title: 'Show or hide the problems',
      group: 'Here',
      icon: IconAlertTriangle,
      keys: 'mod+j',
      run: panels.toggleProblems,
    },
  ]
}
