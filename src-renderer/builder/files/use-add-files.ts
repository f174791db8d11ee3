import { useEffect, useRef, useState } from 'react'
import { type Picked, type Progress, uploadFiles } from '../../ui/fields/index.ts'
import { sayFailed } from '../../ui/say.ts'
import { useDocumentStore } from '../document-context.tsx'
import { merged } from './file-list.ts'

/** Stores picked files with the engine and puts them among those of the workflow. */
export function useAddFiles() {
  const store = useDocumentStore()
  const [sent, setSent] = useState<Progress | null>(null)
  const running = useRef<AbortController | null>(null)
  useEffect(() => () => running.current?.abort(), [])
  /** @param into the path that the one picked file takes, when it replaces another */
  const add = async (picking: Promise<Picked>, into?: string): Promise<boolean> => {
    running.current?.abort()
    const stop = new AbortController()
    running.current = stop
    setSent({ sent: 0, total: 0 })
    try {
      const { folder, files } = await picking
      const placed = files.map((file) => ({
        ...file,
        path: into ?? (folder === null ? file.path : `${folder}/${file.path}`),
      }))
      const stored = await uploadFiles(placed, stop.signal, setSent)
      const { files: before, actions } = store.getState()
      actions.setFiles(merged(before, stored))
      return true
    } catch (error) {
      if (!stop.signal.aborted) sayFailed('The files were not added', error)
      return false
    } finally {
      if (running.current === stop) {
        running.current = null
        setSent(null)
      }
    }
  }
  return { sent, add, cancel: () => running.current?.abort() }
}
