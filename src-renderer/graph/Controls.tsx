import { ActionIcon, Loader, Tooltip } from '@mantine/core'
import { IconArrowsMaximize, IconLayoutDistributeHorizontal, IconMinus, IconPlus } from '@tabler/icons-react'
import { Panel, useReactFlow, useStore } from '@xyflow/react'
import type { ReactNode } from 'react'
import classes from './Controls.module.css'
import { fitOptions } from './fit.ts'
import { useShow } from './show.ts'

interface ControlsProps {
  readonly onTidy?: (() => void) | undefined
  readonly isTidying: boolean
  readonly children?: ReactNode
}

/** Zoom, fit, tidy up. */
export function Controls({ onTidy, isTidying, children }: ControlsProps) {
  const { zoomIn, zoomOut, zoomTo } = useReactFlow()
  const { all } = useShow()
  const percent = useStore((store) => Math.round(store.transform[2] * 100))
  return (
    <Panel position="bottom-left" className={classes.controls ?? ''}>
      <Control label="Zoom out" onClick={() => void zoomOut()} icon={<IconMinus size={16} />} />
      <Tooltip label="Zoom to 100 %">
        <button
          type="button"
          className={classes.percent}
          onClick={() => void zoomTo(1, { duration: fitOptions.duration })}
          aria-label={`Zoom is ${percent} %. Zoom to 100 %`}
        >
          {percent} %
        </button>
      </Tooltip>
      <Control label="Zoom in" onClick={() => void zoomIn()} icon={<IconPlus size={16} />} />
      <span className={classes.line} />
      <Control label="Show all (F)" onClick={all} icon={<IconArrowsMaximize size={16} />} />
      {onTidy !== undefined && (
        <Control label="Tidy up" onClick={onTidy} icon={<IconLayoutDistributeHorizontal size={16} />} />
      )}
      {isTidying && (
        <Tooltip label="The picture is being laid out">
          <Loader size={14} className={classes.loader ?? ''} />
        </Tooltip>
      )}
      {children}
    </Panel>
  )
}

function Control(props: { readonly label: string; readonly onClick: () => void; readonly icon: ReactNode }) {
  return (
    <Tooltip label={props.label}>
      <ActionIcon aria-label={props.label} onClick={props.onClick}>
        {props.icon}
      </ActionIcon>
    </Tooltip>
  )
}
