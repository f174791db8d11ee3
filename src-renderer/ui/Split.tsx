import type { ReactNode } from 'react'
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels'
import classes from './Split.module.css'

interface SplitProps {
  /** Under this name the sizes are remembered */
  readonly name: string
  readonly direction: 'horizontal' | 'vertical'
  readonly main: ReactNode
  /** Null: the main part has all the room */
  readonly side: ReactNode | null
  /** Of the side, in percent, before the person moved the border */
  readonly size?: number
  readonly min?: number
  readonly label: string
}

const ALONE = ['main']
const BOTH = ['main', 'side']

/** Two parts with a border that can be dragged or moved by the arrow keys; where it stood is remembered. */
export function Split({ name, direction, main, side, size = 30, min = 15, label }: SplitProps) {
  const panelIds = side === null ? ALONE : BOTH
  const layout = useDefaultLayout({ id: `weir.split.${name}`, storage: localStorage, panelIds })
  // One tree for both cases: the main part keeps its state when the side comes and goes.
  return (
    <Group
      orientation={direction}
      className={classes.group}
      {...(layout.defaultLayout === undefined ? {} : { defaultLayout: layout.defaultLayout })}
      onLayoutChanged={layout.onLayoutChanged}
    >
      <Panel id="main" minSize="20%" className={classes.panel}>
        {main}
      </Panel>
      {side !== null && (
        <>
          <Separator className={direction === 'horizontal' ? classes.upright : classes.level} aria-label={label} />
          <Panel id="side" defaultSize={`${size}%`} minSize={`${min}%`} className={classes.panel}>
            {side}
          </Panel>
        </>
      )}
    </Group>
  )
}
