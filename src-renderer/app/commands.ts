import type { TablerIcon } from '@tabler/icons-react'
import { useEffect } from 'react'
import { create } from 'zustand'

/** Something that a person can do: in the palette, by a key, and where a screen shows it as a button. */
export interface Command {
  /** Stable name, e.g. `runs.cancel` */
  readonly id: string
  /** A verb and what it acts on: "Cancel this run" */
  readonly title: string
  /** Heading in the palette */
  readonly group: 'Go to' | 'Here' | 'Create' | 'Weir'
  readonly icon?: TablerIcon
  /** As `mod+k`, `shift+a`, `g r` is not supported: one stroke. `mod` is Ctrl, on a Mac ⌘. */
  readonly keys?: string
  /** Words by which it is found, beside its title */
  readonly words?: string
  readonly run: () => void
}

const useRegistry = create<{ readonly commands: ReadonlyMap<string, Command> }>(() => ({ commands: new Map() }))

/** All commands that can be given now: those of the frame, and those of the screen that is shown. */
export const useAllCommands = (): readonly Command[] => [...useRegistry((store) => store.commands).values()]

export const allCommands = (): readonly Command[] => [...useRegistry.getState().commands.values()]

/** Offers commands for as long as the component is shown. Memoise the list, or hand in what it depends on. */
export function useCommands(commands: readonly Command[]): void {
  useEffect(() => {
    const before = useRegistry.getState().commands
    useRegistry.setState({ commands: new Map([...before, ...commands.map((one) => [one.id, one] as const)]) })
    return () => {
      const now = new Map(useRegistry.getState().commands)
      for (const one of commands) if (now.get(one.id) === one) now.delete(one.id)
      useRegistry.setState({ commands: now })
    }
  }, [commands])
}
