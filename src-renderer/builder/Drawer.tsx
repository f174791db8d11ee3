import { ActionIcon, Tooltip } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import classes from './Drawer.module.css'
import { Palette } from './Palette.tsx'
import type { PaletteItem } from './palette-items.ts'

interface DrawerProps {
  readonly search: string
  readonly onPick: (item: PaletteItem) => void
  readonly onClose: () => void
}

/** The palette over the left edge of the canvas: it stays while steps are dragged out of it. */
export function Drawer({ search, onPick, onClose }: DrawerProps) {
  return (
    <div className={classes.drawer}>
      <Tooltip label="Close (Esc)">
        <ActionIcon className={classes.close ?? ''} aria-label="Close the steps to add" onClick={onClose}>
          <IconX size={16} />
        </ActionIcon>
      </Tooltip>
      <Palette initialSearch={search} onPick={onPick} onClose={onClose} isDrawer />
    </div>
  )
}
