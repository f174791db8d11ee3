import { Select, type SelectProps } from '@mantine/core'
import type { Workspace } from '../../src-shared/contract/index.ts'
import classes from './workspaces.module.css'

interface WorkspaceSelectProps extends Pick<SelectProps, 'label' | 'description' | 'error'> {
  /** In the order of the tree */
  readonly workspaces: readonly Workspace[]
  readonly value: string
  readonly onChange: (name: string) => void
}

/** Chooses a workspace from the tree. */
export function WorkspaceSelect({ workspaces, value, onChange, ...shown }: WorkspaceSelectProps) {
  const byName = new Map(workspaces.map((workspace) => [workspace.name, workspace]))
  return (
    <Select
      {...shown}
      data={workspaces.map(({ name }) => name)}
      value={value}
      onChange={(name) => name !== null && onChange(name)}
      allowDeselect={false}
      searchable={workspaces.length >= SEARCH_FROM}
      nothingFoundMessage="Nothing has that name."
      renderOption={({ option }) => {
        const { depth = 0, state } = byName.get(option.value) ?? {}
        return (
          <span className={classes.option} style={{ paddingLeft: depth * INDENT }}>
            <span className="truncate">{option.value}</span>
            {state === 'paused' && <span className="dim">paused</span>}
          </span>
        )
      }}
    />
  )
}

/** From this many on they can be searched. */
const SEARCH_FROM = 9
/** px for each workspace above */
const INDENT = 12
