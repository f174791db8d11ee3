import { TextInput } from '@mantine/core'
import { useState } from 'react'
import type { AssetFile } from '../../../src-shared/contract/index.ts'
import { useDocumentStore } from '../document-context.tsx'
import { mapOf } from '../inspector/values.ts'
import { pathFault, renameEdit } from './file-list.ts'
import classes from './files.module.css'

/** Another path for a file: Enter takes it, Escape leaves the old one. */
export function RenameFile({ file, onClose }: { readonly file: AssetFile; readonly onClose: () => void }) {
  const store = useDocumentStore()
  const [path, setPath] = useState(file.path)
  const taken = store
    .getState()
    .files.map((one) => one.path)
    .filter((one) => one !== file.path)
  const fault = pathFault(path, taken)
  const finish = (): void => {
    if (fault !== null) return
    const { files, actions, definition } = store.getState()
    if (path !== file.path) {
      actions.setFiles(files.map((one) => (one.path === file.path ? { ...one, path } : one)))
      const edit = renameEdit(mapOf(definition)['files'], file.path, path)
      if (edit !== null) actions.edit(`Rename ${file.path} to ${path}`, [edit])
    }
    onClose()
  }
  return (
    <li className={classes.rename}>
      <TextInput
        aria-label={`Path of ${file.path}`}
        value={path}
        error={fault}
        autoFocus
        spellCheck={false}
        onChange={(event) => setPath(event.currentTarget.value)}
        onBlur={() => (fault === null ? finish() : onClose())}
        onKeyDown={(event) => {
          if (event.key === 'Enter') finish()
          if (event.key !== 'Escape') return
          event.stopPropagation()
          onClose()
        }}
      />
    </li>
  )
}
