import {
  IconCopy,
  IconFolder,
  IconLayoutGrid,
  IconPlayerPlay,
  IconPlayerStop,
  IconRefresh,
  IconRotateClockwise,
  IconTrash,
  IconX,
} from '@tabler/icons-react'
import { useMemo } from 'react'
import { type Command, useCommands } from '../../../app/commands.ts'
import type { Place } from '../place.ts'
import { tabs } from '../tabs.ts'
import type { RunActions } from './use-run-actions.ts'

/** What can be done with the run, in the palette and by keys. */
export function useRunCommands(actions: RunActions, { step, select, showTab }: Place): void {
  const commands = useMemo<Command[]>(() => {
    const list: (Command | false)[] = [
      actions.canCancel && here('runs.cancel', 'Cancel this run', IconPlayerStop, actions.cancel, 'alt+c'),
      actions.canRerun &&
        actions.hasFailed &&
        here('runs.rerun.failed', 'Run the failed steps again', IconRefresh, () => actions.rerun('failed'), 'alt+r'),
      actions.canRerun &&
        step !== undefined &&
        here('runs.rerun.step', `Run again from ${step}`, IconRefresh, () => actions.rerun(step), 'alt+f'),
      actions.canRerun &&
        here('runs.rerun.all', 'Run everything again in this run', IconRotateClockwise, () => actions.rerun('start')),
      actions.canRerun &&
        actions.hasWorkspaces &&
        here('runs.rerun.elsewhere', 'Run again in a workspace', IconFolder, () => actions.rerunElsewhere(step)),
      typeof actions.newest === 'number' &&
        here(
          'runs.again',
          `New run with the same parameters, version ${actions.newest}`,
          IconPlayerPlay,
          actions.startNewest,
          'alt+n',
        ),
      actions.canRerun && here('runs.delete', 'Delete this run', IconTrash, actions.remove, 'alt+delete'),
      here('runs.copy', 'Copy the identifier of this run', IconCopy, actions.copyId),
      step !== undefined && here('runs.close', 'Close the step', IconX, () => select(undefined), 'escape'),
      ...tabs.map(({ id, name }, i) =>
        here(`runs.tab.${id}`, `Show ${name.toLowerCase()}`, IconLayoutGrid, () => showTab(id), String(i + 1)),
      ),
    ]
    return list.filter((one) => one !== false)
  }, [actions, step, select, showTab])
  useCommands(commands)
}

const here = (
  id: string,
  title: string,
  icon: NonNullable<Command['icon']>,
  run: () => void,
  keys?: string,
): Command => ({ id, title, group: 'Here', icon, run, ...(keys === undefined ? {} : { keys }) })
