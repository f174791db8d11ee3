import { IconUpload } from '@tabler/icons-react'
import { type DragEvent, type ReactNode, useState } from 'react'
import { type Picked, pickedByDrop } from '../../ui/fields/index.ts'
import classes from './DropZone.module.css'

interface DropZoneProps {
  readonly onPicked: (picking: Promise<Picked>) => void
  readonly children: ReactNode
}

/** Takes files and folders that are dropped on a screen. */
export function DropZone({ onPicked, children }: DropZoneProps) {
  const [isOver, setOver] = useState(false)
  const onDragOver = (event: DragEvent): void => {
    if (!event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    setOver(true)
  }
  const onDragLeave = (event: DragEvent): void => {
    if (!(event.relatedTarget instanceof Node) || !event.currentTarget.contains(event.relatedTarget)) setOver(false)
  }
  const onDrop = (event: DragEvent): void => {
    setOver(false)
    if (!event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    onPicked(pickedByDrop(event.dataTransfer))
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a further way beside the Import button
    <div className={classes.zone} onDragOver={onDragOver} onDragLeave={onDragLeave} onDrop={onDrop}>
      {children}
      {isOver && (
        <div className={classes.over}>
          <IconUpload size={28} stroke={1.5} aria-hidden />
          Drop a weir.yaml, or a folder or .tar that holds one, to import it
        </div>
      )}
    </div>
  )
}
