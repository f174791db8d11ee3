import { IconPackageImport } from '@tabler/icons-react'
import { type DragEvent, type ReactNode, useState } from 'react'
import classes from './transfer.module.css'

/** Takes an archive that is dropped on the list of projects. */
export function ArchiveDrop(props: { readonly onFile: (file: File) => void; readonly children: ReactNode }) {
  const [isOver, setOver] = useState(false)
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files')
  const onDragOver = (event: DragEvent): void => {
    if (!hasFiles(event)) return
    event.preventDefault()
    setOver(true)
  }
  const onDragLeave = (event: DragEvent): void => {
    if (!(event.relatedTarget instanceof Node) || !event.currentTarget.contains(event.relatedTarget)) setOver(false)
  }
  const onDrop = (event: DragEvent): void => {
    setOver(false)
    if (!hasFiles(event)) return
    event.preventDefault()
    const [file] = event.dataTransfer.files
    if (file !== undefined) props.onFile(file)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a further way beside the Import button
    <div className={classes.zone} onDragOver={onDragOver} onDragLeave={onDragLeave} onDrop={onDrop}>
      {props.children}
      {isOver && (
        <div className={classes.over}>
          <IconPackageImport size={28} stroke={1.5} aria-hidden />
          Drop the archive of a project to import it
        </div>
      )}
    </div>
  )
}
